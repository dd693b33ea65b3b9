// The browser's part of check-site: node check-site.js WORK SCREENSHOTS
const { chromium } = require('playwright-core');
const fs = require('fs'), path = require('path');

const [work, shots] = process.argv.slice(2);
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const faults = [];
const expect = (holds, what) => { if (!holds) faults.push(what); };

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  const open = async (folder, options) => {
    // axe is put into the page by the test; the page's own policy is held to by the other checks.
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on('console', (message) => { if (message.type() === 'error') faults.push(`console: ${message.text()}`); });
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => { faults.push('a dialog opened'); dialog.dismiss(); });
    page.on('request', (request) => {
      if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) faults.push(`asks for ${request.url()}`);
    });
    page.at = (file) => page.goto('file://' + path.join(work, folder, file));
    return page;
  };

  // Search, from the keyboard.
  let page = await open('pack', { viewport: { width: 1200, height: 900 } });
  await page.at('index.html');
  await page.keyboard.press('/');
  await page.keyboard.type('anydesk appears');
  expect(await page.locator('#results li').count() > 0, 'search finds nothing');
  await page.keyboard.press('ArrowDown');
  expect(await page.locator('#results li[aria-selected="true"]').count() === 1, 'no result is marked');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/rules/anydesk-appears-on-a-device.html');
  expect((await page.title()).startsWith('AnyDesk appears on a device'), 'the rule has its title');
  await page.locator('#search').fill('nothing-is-called-this');
  expect(await page.locator('#results').isHidden(), 'a search without a result shows none');

  // The matrix, from the keyboard.
  await page.at('coverage.html');
  await page.locator('#matrix a').first().focus();
  const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  const first = await focused();
  await page.keyboard.press('ArrowDown');
  const second = await focused();
  await page.keyboard.press('ArrowRight');
  const third = await focused();
  expect(new Set([first, second, third]).size === 3, 'arrow keys move between techniques');
  await page.locator('#show').selectOption('covered');
  const shown = await page.locator('.cell:visible').count();
  expect(shown > 0 && shown < 50, `${shown} techniques with a rule`);
  await page.locator('#show').selectOption('tested');
  expect(await page.locator('.cell:visible').count() > 0, 'no technique has a tested rule');
  await page.locator('.cell:visible a').first().press('Enter');
  expect(page.url().includes('#T'), 'a technique leads to its rules');

  // A rule shows what comes out of it, and its tests open from the keyboard.
  await page.at('rules/anydesk-appears-on-a-device.html');
  expect(await page.locator('caption', { hasText: 'Sample output' }).count() === 1, 'the page has no sample output');
  const test = page.locator('details.test').first();
  await test.locator('summary').press('Enter');
  expect(await test.locator('table').first().isVisible(), 'a test shows its rows');

  // The theme that is chosen stays.
  await page.locator('#theme').click();
  const theme = await page.evaluate(() => document.documentElement.dataset.theme);
  expect(['dark', 'light'].includes(theme), 'the theme switches');

  // Accessibility and looks.
  const pages = ['index.html', 'coverage.html', 'tables.html', 'rules/anydesk-appears-on-a-device.html',
    'rules/remote-management-tools-that-are-not-approved.html'];
  // These are made as the tables are, and are long: once is enough.
  const alike = ['tactics.html', 'connectors.html', 'severities.html', 'tools.html'];
  for (const colorScheme of ['light', 'dark']) {
    for (const [name, width] of [['wide', 1280], ['phone', 390]]) {
      page = await open('pack', { viewport: { width, height: 844 }, colorScheme, bypassCSP: true });
      for (const file of colorScheme === 'dark' && name === 'phone' ? [...pages, ...alike] : pages) {
        await page.at(file);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow <= 0, `${file} at ${width}: ${overflow} pixels too wide`);
        await page.evaluate(() => document.querySelectorAll('details').forEach((it) => { it.open = true; }));
        const opened = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(opened <= 0, `${file} at ${width}: ${opened} pixels too wide with all of it open`);
        await page.evaluate(axe);
        const found = await page.evaluate(() => axe.run({ resultTypes: ['violations'], preload: false }));
        for (const rule of found.violations.filter((it) => ['serious', 'critical'].includes(it.impact))) {
          faults.push(`${file} ${colorScheme} ${name}: ${rule.id}: ${rule.help}: ${rule.nodes[0].html.slice(0, 160)}`);
        }
        if (shots && !/tables|connectors|severities|tools/.test(file)) {
          const to = path.join(shots, `${path.basename(file, '.html')}-${colorScheme}-${name}.png`);
          await page.screenshot({ path: to, fullPage: file.startsWith('rules/') });
        }
      }
      await page.context().close();
    }
  }

  // A hostile rule: all of it is text.
  page = await open('hostile-site', { viewport: { width: 1000, height: 800 } });
  const files = ['index.html', 'coverage.html', 'tactics.html', 'tables.html', 'connectors.html', 'tools.html',
    ...fs.readdirSync(path.join(work, 'hostile-site', 'rules')).map((file) => 'rules/' + file)];
  expect(files.length === 8, `${files.length} pages of the hostile site`);
  for (const file of files) {
    await page.at(file);
    expect(await page.evaluate(() => window.run === undefined), `${file}: a script of the rule ran`);
    expect(await page.evaluate(() => [...document.links].every((it) => /^(https?|file):/.test(it.href))), `${file}: a link that runs`);
    expect(await page.evaluate(() => document.images.length === 0 && document.scripts.length === 2), `${file}: markup of the rule`);
  }
  for (const file of files.filter((it) => it.startsWith('rules/'))) {
    await page.at(file);
    const text = await page.locator('main').innerText();
    expect(text.includes('<script>window.run=1</script>'), `${file}: the text of the rule is shown as it is`);
  }
  await page.at('rules/prints.html');
  const sample = await page.locator('[aria-label="Sample output"]').innerText();
  expect(sample.includes('<script>window.run=1</script>'), 'the sample output is text');
  await page.locator('#search').fill('script');
  expect((await page.locator('#results li').first().innerText()).includes('<script>'), 'a result is text');

  await browser.close();
  console.log(faults.length ? faults.join('\n') : `the site works in a browser: ${pages.length + alike.length} pages, 2 themes, 2 widths`);
  process.exit(faults.length ? 1 : 0);
})().catch((error) => { console.error(error); process.exit(1); });
