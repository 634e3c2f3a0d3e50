// Nothing here leads to another host: no fonts, no agent, no telemetry, no link to a client elsewhere.
Scalar.createApiReference('#app', {
  sources: [
    { title: 'Unified API', slug: 'unified', url: 'openapi/v2.json', default: true },
    { title: 'OpenAI dialect', slug: 'openai', url: 'openapi/openai.json' },
  ],
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
});
