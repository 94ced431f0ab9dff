// Runs before the first paint, so that a theme chosen by hand never flashes, then loads the application.
(() => {
  const root = document.documentElement;
  const chosen = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage is switched off: what the system says holds.
    }
  };
  const theme = chosen("moneyflow.theme");
  if (theme === "light" || theme === "dark") {
    root.dataset.theme = theme;
  }
  root.lang = chosen("moneyflow.language") ?? (navigator.language.toLowerCase().startsWith("pt") ? "pt" : "en");

  const fail = (error) => {
    const message = document.createElement("p");
    message.className = "start-failed";
    message.textContent =
      root.lang === "pt"
        ? "O MoneyFlow não pôde ser carregado. Recarregue a página."
        : "MoneyFlow could not be loaded. Reload the page.";
    document.body.append(message);
    console.error(error);
  };
  const styled = (url) =>
    new Promise((resolve, reject) => {
      const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url, onload: resolve });
      sheet.onerror = () => reject(new Error(`${url} could not be loaded`));
      document.head.append(sheet);
    });
  // A rule is drawn, and a run on it; money has pages of its own; all others come without either. All parts are asked for at
  // once.
  const drawn = { wasm: "%CANVAS_WASM%", script: "%CANVAS%", style: "%CANVAS_STYLE%" };
  const money = { wasm: "%MONEY_WASM%", script: "%MONEY%", style: "%MONEY_STYLE%" };
  const pages = { wasm: "%PAGES_WASM%", script: "%PAGES%" };
  const path = location.pathname;
  const isMoney = /^\/app\/(payments|accounts|holds|ledger)(\/|$)/.test(path);
  const program = /^\/app\/(rules|runs)\/./.test(path) ? drawn : isMoney ? money : pages;
  const wasm = fetch(program.wasm);
  const script = import(program.script);
  const style = program.style && styled(program.style);
  Promise.all([script, style]).then(([app]) => app.default({ module_or_path: wasm })).catch(fail);
})();
