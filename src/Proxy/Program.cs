using Framegate.Proxy.Startup;

return await CommandLine.Create().Parse(args).InvokeAsync();
