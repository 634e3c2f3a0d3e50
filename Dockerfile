FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
COPY Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Plugins/Plugins.csproj src/Plugins/
COPY src/Transforms/Transforms.csproj src/Transforms/
COPY src/Proxy/Proxy.csproj src/Proxy/
RUN dotnet restore src/Proxy/Proxy.csproj -a $TARGETARCH -p:PublishReadyToRun=true -p:WithSandbox=false
COPY src src
COPY clients/console/dist clients/console/dist
COPY config config
RUN dotnet publish src/Proxy/Proxy.csproj -c Release -a $TARGETARCH -p:WithSandbox=false -o /app --no-restore \
 && mkdir -p /empty/data

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app ./
COPY --from=build --chown=$APP_UID /empty/data /data
USER $APP_UID
VOLUME /data
EXPOSE 8080
# Other machines reach a container: it starts only with FRAMEGATE_CLIENT_KEY set.
# Jobs and media lie in /data, as in a service's own folder: the command line stays free for whoever runs it, and for the commands.
ENV ASPNETCORE_URLS=http://0.0.0.0:8080 STATE_DIRECTORY=/data
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s CMD ["dotnet", "Framegate.Proxy.dll", "health"]
# Nothing is written outside /data: run it with --read-only --tmpfs /tmp.
ENTRYPOINT ["dotnet", "Framegate.Proxy.dll"]
