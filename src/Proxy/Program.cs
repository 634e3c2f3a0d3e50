using Framegate.Proxy.Host;

return await CommandLine.Create().Parse(args).InvokeAsync();
