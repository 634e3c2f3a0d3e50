using Framegate.Proxy.Host;

// Before anything else is loaded, since each library is a file that is open.
if (DescriptorLimit.Refusal() is { } refusal)
{
    Console.Error.WriteLine(refusal);
    return StartupException.CannotStart;
}

return await CommandLine.RunAsync(args);
