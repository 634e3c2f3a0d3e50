import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

// Addresses in the built page are relative to its <base>, which the program writes: it may run below a path.
export default defineConfig({
  base: './',
  plugins: [preact({ prefreshEnabled: false, devToolsEnabled: false })],
  build: { target: 'es2022', modulePreload: false, assetsInlineLimit: 0, reportCompressedSize: true },
  server: { proxy: Object.fromEntries(['/generations', '/models', '/providers', '/quotes', '/media', '/admin', '/whoami'].map(p => [p, 'http://127.0.0.1:8080'])) },
});
