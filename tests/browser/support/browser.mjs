// Debian's Chromium, with a microphone that plays a file, or beeps.
import { chromium } from 'playwright-core';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

/** Starts it. `wav` is what the microphone hears; `microphone: false` has none and asks as a real one does. */
export function startBrowser({ wav = null, microphone = true } = {}) {
  const fake = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  if (wav) fake.push(`--use-file-for-fake-audio-capture=${wav}%noloop`);
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [...QUIET, ...(microphone ? fake : [])],
  });
}

/** How a screen is looked at. */
export const LOOKS = {
  light: { viewport: { width: 1280, height: 860 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 860 }, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: 'light', deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  phone_dark: { viewport: { width: 360, height: 740 }, colorScheme: 'dark', deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  // 200 % on a screen of 1280 by 800.
  zoom: { viewport: { width: 640, height: 400 }, colorScheme: 'light', deviceScaleFactor: 2 },
};

/** A page in which nothing may go wrong unnoticed: `page.faults` are console errors, exceptions and breaches of the policy. */
export async function openPage(browser, look = 'light', options = {}) {
  const context = await browser.newContext({ ...LOOKS[look], reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    // What the browser itself says of answers that are no success is part of many tests.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection to/.test(message.text())) {
      page.faults.push(message.text());
    }
  });
  page.setDefaultTimeout(10_000);
  return page;
}
