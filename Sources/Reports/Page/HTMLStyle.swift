/// The style sheet of the report: light and dark, paper and phone, without anything from outside.
enum HTMLStyle {
  static let css: Markup = """
    \(colors)
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--page); color: var(--text);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; overflow-wrap: break-word; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0; }
    h2 { font-size: 1.3rem; margin: 2.2rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
    h3 { font-size: 1.1rem; margin: 2rem 0 .3rem; }
    p, ul { margin: .4rem 0; max-width: 50rem; }
    ul { padding-left: 1.3rem; }
    a { color: inherit; }
    .soft { color: var(--soft); }
    .box { padding: .6rem .9rem; margin: .8rem 0; background: var(--box); border-left: 4px solid var(--good-line); }
    .box p, .box ul { max-width: none; }
    .box.warn { background: var(--warn); border-color: var(--warn-line); }
    .box.bad { background: var(--bad); border-color: var(--bad-line); }
    strong.bad { color: var(--bad-line); }
    .open { color: var(--warn-line); }
    .answer { font-size: 1.15rem; }
    .halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0 2rem; }
    .halves h3 { margin-top: .4rem; }
    .halves li { margin: .25rem 0; }
    .name { white-space: nowrap; }
    details { margin: .4rem 0; }
    summary { cursor: pointer; color: var(--soft); width: fit-content; }
    summary:hover { color: var(--text); }
    .box details { display: inline; }
    .box h2 { border: 0; margin: 0; padding: 0; font-size: 1.05rem; }
    \(scrolling)
    table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; width: 100%; }
    caption { text-align: left; color: var(--soft); padding: .2rem 0; background: var(--page); }
    caption span { display: block; position: sticky; left: 0; width: fit-content; max-width: min(100%, calc(100vw - 2rem)); }
    th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
    thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
    tbody th { font-weight: 600; white-space: nowrap; }
    .n { text-align: right; }
    .figures td { white-space: nowrap; }
    .figures td.wrap { white-space: normal; min-width: 14rem; }
    td.n, td:not(.wrap) { white-space: nowrap; }
    .facts td { white-space: normal; }
    .first { font-weight: 700; }
    .first::after { content: " ★"; }
    .tied::after { content: " ="; }
    .facts th { width: 11rem; white-space: normal; overflow-wrap: normal; }
    .figures th:first-child { position: sticky; left: 0; background: var(--page); }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem 2rem; }
    .charts.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); }
    .charts.two figure { max-width: 40rem; }
    figure { margin: .6rem 0; max-width: 30rem; }
    figure.wide { max-width: 60rem; }
    figcaption { font-size: .875rem; color: var(--soft); }
    .key { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .3rem 0; font-size: .875rem; padding: 0; list-style: none; }
    .mark { vertical-align: -2px; margin-right: .35em; overflow: visible; }
    \(charts)
    pre { overflow-x: auto; background: var(--box); padding: .7rem .9rem; font-size: .875rem; }
    \(controls)
    nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; padding: 0; max-width: none; }
    @media (max-width: 40rem) { th, td { padding: .3rem; } .facts th { width: 6rem; padding-left: 0; }
      .figures tbody th { white-space: normal; } }
    @media print { :root { color-scheme: light; } body { max-width: none; font-size: 11pt; padding: 0; }
      table { font-size: 7pt; } th, td { padding: .15rem .25rem; } .figures td { white-space: normal; } nav { display: none; }
      details::details-content { content-visibility: visible; display: block; block-size: auto; }
      .scroll { overflow: visible; background: none; } .tools { display: none; }
      .figures th:first-child, caption span { position: static; }
      figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
    """

  /// What is wider than its place fades out at that side, as long as there is more: the covers move with the table, the shades
  /// do not. Nothing of it is drawn where all is in view. The first column stays, and what went under it has a shade as well.
  static let scrolling: Markup = """
    .scroll { overflow-x: auto; margin: .6rem 0; background: linear-gradient(to right, var(--page) 1.5rem, transparent) left / 3rem
      100% no-repeat local, linear-gradient(to left, var(--page) 1.5rem, transparent) right / 3rem 100% no-repeat local,
      linear-gradient(to right, var(--shade), transparent) left / 1.5rem 100% no-repeat,
      linear-gradient(to left, var(--shade), transparent) right / 1.5rem 100% no-repeat; }
    @keyframes under { to { box-shadow: .5rem 0 .5rem -.3rem var(--shade); } }
    @supports (animation-timeline: scroll(inline nearest)) { .figures th:first-child { animation: under linear both;
      animation-timeline: scroll(inline nearest); animation-range: 0 1rem; } }
    """

  /// What the script makes: buttons in the heads of tables, and what is picked and weighed. Without it, there are none.
  static let controls: Markup = """
    [hidden] { display: none !important; }
    thead button { all: unset; cursor: pointer; text-decoration: underline dotted; text-underline-offset: .2em; }
    thead button:hover { color: var(--text); }
    button:focus-visible, input:focus-visible { outline: 2px solid var(--c0); outline-offset: 2px; }
    th[aria-sort] button { color: var(--text); text-decoration: none; }
    th[aria-sort="ascending"] button::after { content: " ▲"; } th[aria-sort="descending"] button::after { content: " ▼"; }
    .tools, .tools fieldset { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; align-items: center; font-size: .875rem; }
    .tools { margin: .6rem 0; } .tools fieldset { border: 1px solid var(--line); padding: .2rem .8rem .5rem; margin: 0; }
    .tools legend { color: var(--soft); }
    .tools label { white-space: nowrap; }
    .tools input[type="number"] { width: 4.2rem; font: inherit; }
    .tools button { font: inherit; padding: .1rem .6rem; }
    .tools button[aria-pressed="true"] { font-weight: 700; }
    """

  /// For a light and for a dark page.
  static let colors: Markup = """
    :root { color-scheme: light dark; --page: #fff; --text: #1c1f24; --soft: #5b6470; --line: #d9dee5; --box: #f5f7fa; --shade: #8a94a280;
      --warn: #fff4d6; --warn-line: #c98a00; --bad: #fdeaea; --bad-line: #c0392b; --good-line: #2e7d4f;
      --c0: #0072b2; --c1: #c44e00; --c2: #007a5a; --c3: #a8528a; --c4: #8f6a00; --c5: #2b7fb0; --cr: #5b6470; }
    @media screen and (prefers-color-scheme: dark) { :root { --page: #14171b; --text: #e6e9ee; --soft: #a0a9b5; --line: #333a44;
      --shade: #8a94a280; --box: #1d2127; --warn: #33290d; --warn-line: #e0a82e; --bad: #3a1d1d; --bad-line: #e57368; --good-line: #62b98a;
      --c0: #56b4e9; --c1: #ff8a4c; --c2: #2cc49b; --c3: #e2a0c8; --c4: #f0c94a; --c5: #8cc8f0; --cr: #a0a9b5; } }
    """

  static let charts: Markup = """
    .chart { display: block; width: 100%; overflow: visible; }
    .chart text { font-size: 13px; fill: var(--text); font-variant-numeric: tabular-nums; }
    .chart .tick { font-size: 11px; fill: var(--soft); }
    .grid, .rule { stroke: var(--line); stroke-width: 1; }
    .one { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 4 3; }
    .stroke { fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round; }
    .filled { fill: currentColor; stroke: var(--page); stroke-width: .8; }
    .part0, .part1, .part2 { fill: currentColor; stroke: var(--page); stroke-width: 1; }
    .part1 { fill-opacity: .55; } .part2 { fill-opacity: .25; }
    .band { fill: currentColor; fill-opacity: .14; stroke: none; }
    .knee { stroke-dasharray: 6 3; }
    .whisker { fill: none; stroke: var(--text); stroke-width: 1.5; }
    .strip { display: block; margin: .1rem 0 0 auto; fill: none; stroke: var(--text); stroke-width: 1; stroke-opacity: .55; }
    .strip .reach { stroke: var(--c0); stroke-width: 9; stroke-opacity: .3; }
    .band { fill: currentColor; fill-opacity: .12; }
    .limit { stroke: var(--bad-line); stroke-width: 1.5; stroke-dasharray: 2 2; }
    .chart text.bad { fill: var(--bad-line); font-weight: 700; }
    .hollow { fill: var(--page); stroke: currentColor; stroke-width: 1.6; }
    .m0 { color: var(--c0); } .m1 { color: var(--c1); } .m2 { color: var(--c2); }
    .m3 { color: var(--c3); } .m4 { color: var(--c4); } .m5 { color: var(--c5); } .mr { color: var(--cr); }
    """
}
