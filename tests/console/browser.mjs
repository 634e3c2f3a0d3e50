// A real Chromium, and a page of the console that remembers what it asked for and what went wrong.
import { chromium } from 'playwright-core';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const openBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });

/** @param options Of the browser's context: theme, width, ... */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', locale: 'en-GB', ...options });
  const page = await context.newPage();
  const seen = { hosts: new Set(), errors: [] };
  page.on('request', request => { if (!/^(blob|data):/.test(request.url())) seen.hosts.add(new URL(request.url()).host); });
  page.on('console', message => { if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) seen.errors.push(message.text()); });
  page.on('pageerror', error => seen.errors.push(String(error)));
  await page.goto(url);
  return { page, seen, context };
}
