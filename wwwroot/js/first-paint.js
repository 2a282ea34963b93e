// Runs before the first paint: theme and width of the nav come from this browser, so nothing flickers.
(() => {
  const root = document.documentElement;
  const stored = key => { try { return localStorage.getItem(key); } catch { return null; } };
  const theme = stored('theme') ?? 'system';
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'dark' : 'light';
  root.dataset.themeChoice = theme;
  const rail = stored('rail');
  if (rail === 'on' || (rail === null && innerWidth < 1360)) root.dataset.rail = '';
})();
