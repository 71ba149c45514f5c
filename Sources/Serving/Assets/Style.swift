extension Assets {
    static let style = #"""
        :root {
          color-scheme: light dark;
          --paper: #f7f6f3; --card: #ffffff; --line: #e2dfd8; --soft: #efede8;
          --ink: #1f2730; --faint: #5b646e; --link: #0a5c70; --accent: #0a6478; --on-accent: #ffffff; --focus: #0a6478;
          --good: #1d6b45; --good-soft: #e1f1e8; --stale: #7d5200; --stale-soft: #f8ecd3;
          --bad: #a8281f; --bad-soft: #fbe4e1; --new: #3f4fa3; --new-soft: #e6e8f8;
          --running: #0a6478; --running-soft: #dcf0f4; --plain: #4d5660; --plain-soft: #ebe9e4;
          --shadow: 0 1px 2px rgb(30 35 40 / .06), 0 4px 16px rgb(30 35 40 / .04);
          --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #11161b; --card: #181f26; --line: #2b343d; --soft: #1f272f;
            --ink: #e3e8ec; --faint: #a0abb5; --link: #7fcbe0; --accent: #7fcbe0; --on-accent: #0d2229; --focus: #9adcef;
            --good: #7fd3a6; --good-soft: #17352a; --stale: #e6bd6e; --stale-soft: #382c14;
            --bad: #ff9f96; --bad-soft: #45211e; --new: #b0bbff; --new-soft: #262c4d;
            --running: #7fcbe0; --running-soft: #143640; --plain: #b6c0c9; --plain-soft: #262f38;
            --shadow: none;
          }
        }
        *, ::before, ::after { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-padding-top: 4.5rem; }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
        .wide { width: min(1280px, 100% - 2.5rem); margin-inline: auto; }
        a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .18em; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
        a:hover { text-decoration-color: currentColor; }
        :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
        main:focus { outline: none; }
        h1 { font-size: 1.6rem; line-height: 1.25; font-weight: 650; margin: 0; letter-spacing: -.012em; overflow-wrap: anywhere; }
        h2 { font-size: 1.02rem; font-weight: 650; margin: 0; }
        h3 { font-size: 1rem; font-weight: 600; margin: 0; }
        p { margin: 0 0 .6rem; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: 1rem; top: -4rem; background: var(--card); padding: .5rem 1rem; z-index: 20; border-radius: 0 0 8px 8px; }
        .skip:focus { top: 0; }
        .faint { color: var(--faint); } .none { color: var(--faint); }
        .mono { font-family: var(--mono); font-size: .9em; }
        .small { font-size: .9em; }

        .top { position: sticky; top: 0; z-index: 10; background: color-mix(in srgb, var(--card) 92%, transparent); backdrop-filter: blur(8px); border-bottom: 1px solid var(--line); }
        .top > div { display: flex; align-items: center; gap: .3rem 1.4rem; min-height: 3.5rem; flex-wrap: wrap; padding-block: .4rem; }
        .brand { display: flex; align-items: center; gap: .6rem; font-weight: 650; color: var(--ink); text-decoration: none; }
        .brand circle { fill: var(--accent); } .brand path { fill: none; stroke: var(--on-accent); stroke-width: 2.4; stroke-linecap: round; }
        .top nav { display: flex; gap: .15rem; flex-wrap: wrap; }
        .top nav a { padding: .35rem .7rem; border-radius: 8px; color: var(--faint); text-decoration: none; }
        .top nav a:hover { background: var(--soft); color: var(--ink); }
        .top nav a[aria-current] { color: var(--ink); background: var(--soft); font-weight: 600; }
        .search { position: relative; margin-left: auto; }
        .search input { width: 13rem; padding-right: 1.9rem; }
        .search kbd { position: absolute; right: .55rem; top: 50%; translate: 0 -50%; font: 12px var(--mono); color: var(--faint); border: 1px solid var(--line); border-radius: 4px; padding: 0 .35rem; pointer-events: none; }
        .search input:focus + kbd, .search input:not(:placeholder-shown) + kbd { display: none; }
        .who { display: flex; align-items: center; gap: .6rem; font-size: .9em; }

        main { padding: 1.6rem 0 3rem; }
        footer { border-top: 1px solid var(--line); padding: 1rem 0 2rem; color: var(--faint); font-size: .88em; }
        #connection:not(:empty)::before { content: "· "; }
        .head { display: flex; align-items: center; justify-content: space-between; gap: .8rem 1.5rem; flex-wrap: wrap; margin-bottom: 1rem; }
        .head h1 .badge { vertical-align: .2em; margin-left: .4rem; }
        .actions { display: flex; gap: .5rem; flex-wrap: wrap; align-items: center; }
        .lead { color: var(--faint); max-width: 75ch; }
        .crumbs { color: var(--faint); font-size: .9em; margin-bottom: .4rem; overflow-wrap: anywhere; }
        .tabs { display: flex; gap: 1.3rem; overflow: auto hidden; border-bottom: 1px solid var(--line); margin: .2rem 0 1.4rem; scrollbar-width: thin; }
        .tabs a { padding: .5rem .1rem .6rem; color: var(--faint); text-decoration: none; border-bottom: 2px solid transparent; margin-bottom: -1px; white-space: nowrap; }
        .tabs a:hover { color: var(--ink); }
        .tabs a[aria-current] { color: var(--ink); border-color: var(--accent); font-weight: 600; }
        .tabs a:focus-visible { outline-offset: -2px; }

        section { margin-bottom: 1.8rem; }
        .title { display: flex; align-items: center; justify-content: space-between; gap: .5rem 1.2rem; margin-bottom: .6rem; flex-wrap: wrap; }
        .card, .scroll, .graph, .facts, .log, .code, .list { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); }
        .empty { color: var(--faint); background: var(--soft); border-radius: 12px; padding: 1rem 1.2rem; margin: 0; }
        .said { background: var(--good-soft); color: var(--good); border-radius: 10px; padding: .6rem 1rem; }
        .banner { border-radius: 12px; padding: .9rem 1.2rem; margin-bottom: 1rem; }
        .banner.bad { background: var(--bad-soft); color: var(--bad); } .banner.stale { background: var(--stale-soft); color: var(--stale); }
        .banner .faint { color: inherit; } .banner ul { margin: .3rem 0 0; padding-left: 1.1rem; overflow-wrap: anywhere; }

        .badge { display: inline-flex; align-items: center; gap: .4em; font-size: .8rem; font-weight: 600; line-height: 1.4; padding: .1rem .6rem; border-radius: 99px; white-space: nowrap; background: var(--plain-soft); color: var(--plain); font-family: inherit; letter-spacing: 0; }
        .badge::before { content: ""; width: .5em; height: .5em; border-radius: 50%; background: currentColor; }
        .badge.plain::before { display: none; }
        .badge.good { background: var(--good-soft); color: var(--good); }
        .badge.stale, .badge.late { background: var(--stale-soft); color: var(--stale); }
        .badge.bad { background: var(--bad-soft); color: var(--bad); }
        .badge.new { background: var(--new-soft); color: var(--new); }
        .badge.running { background: var(--running-soft); color: var(--running); }

        .tally { list-style: none; display: flex; flex-wrap: wrap; gap: .7rem; padding: 0; margin: 0 0 1.6rem; }
        .tally li { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--plain); border-radius: 10px; padding: .45rem 1rem .5rem .9rem; box-shadow: var(--shadow); color: var(--faint); }
        .tally strong { font-size: 1.25rem; color: var(--ink); margin-right: .25rem; font-weight: 650; }
        .tally .good { border-left-color: var(--good); } .tally .stale, .tally .late { border-left-color: var(--stale); }
        .tally .bad { border-left-color: var(--bad); } .tally .new { border-left-color: var(--new); } .tally .running { border-left-color: var(--running); }

        .scroll { position: relative; overflow-x: auto; scrollbar-width: thin; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: .5rem .9rem; vertical-align: top; border-bottom: 1px solid var(--line); white-space: nowrap; }
        thead th { font-size: .82rem; font-weight: 600; color: var(--faint); background: var(--soft); vertical-align: bottom; }
        tbody th { font-weight: 550; }
        tbody tr:last-child > * { border-bottom: 0; }
        tbody tr:hover > * { background: color-mix(in srgb, var(--soft) 55%, transparent); }
        .number { text-align: right; } td.wrap { white-space: normal; min-width: 9rem; max-width: 34rem; overflow-wrap: anywhere; }
        td.actions { display: table-cell; text-align: right; position: sticky; right: 0; } td.actions form + form { margin-left: .4rem; }
        tbody tr > td.actions { background: var(--card); } td > time + .faint { display: block; }
        .rows td { max-width: 24rem; overflow: hidden; text-overflow: ellipsis; }
        .matrix td { text-align: center; padding: .35rem .3rem; min-width: 2.6rem; font-weight: 700; }
        .matrix thead th { font-weight: 500; font-size: .75rem; padding-inline: .3rem; text-align: center; }
        .matrix thead th:first-child { text-align: left; padding-inline: .9rem; }
        .matrix td.good { color: var(--good); background: var(--good-soft); } .matrix td.stale { color: var(--stale); background: var(--stale-soft); } .matrix td.bad { color: var(--bad); background: var(--bad-soft); }
        .matrix td { border-left: 1px solid var(--card); }

        .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); margin: 0; padding: .4rem .2rem; }
        .facts > div { padding: .55rem 1rem; min-width: 0; } dt { font-size: .82rem; color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
        .list { list-style: none; margin: 0; padding: .3rem 1rem; } .list li { padding: .4rem 0; overflow-wrap: anywhere; } .list li + li { border-top: 1px solid var(--line); }
        td .list { border: 0; box-shadow: none; background: none; padding: 0; }
        .kind { display: inline-block; min-width: 4.6rem; color: var(--faint); font-size: .85em; }
        .results a { text-decoration: none; } .results strong { font-weight: 600; text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: .18em; }
        .cards { list-style: none; padding: 0; margin: 0; display: grid; gap: .9rem; } .card { padding: 1rem 1.2rem; } .card .head { margin-bottom: .5rem; } .card h3 { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .6rem; } .card p { margin: .4rem 0 0; }
        .more { margin: .9rem 0 0; }
        .lineage td { white-space: normal; min-width: 16rem; } .lineage ul { list-style: none; margin: 0; padding: 0; } .lineage li { display: grid; grid-template-columns: 7.2rem 1fr; gap: .1rem .6rem; padding: .05rem 0; } .lineage li > span:last-child { overflow-wrap: anywhere; min-width: 0; }
        .lineage tr:target > * { background: var(--running-soft); } .lineage .kind { min-width: 0; padding-top: .08em; }

        .graph { overflow: auto; max-height: 34rem; padding: .6rem; scrollbar-width: thin; } .graph svg { display: block; }
        .edges path { fill: none; stroke: color-mix(in srgb, var(--faint) 45%, transparent); stroke-width: 1.4; }
        .node { text-decoration: none; } .node rect { fill: var(--card); stroke: var(--line); stroke-width: 1.2; }
        .node[aria-current] rect { stroke: var(--accent); stroke-width: 2.4; }
        .node:hover rect { stroke: var(--accent); } .node:focus-visible { outline: none; } .node:focus-visible rect { stroke: var(--focus); stroke-width: 3; }
        .node .name { font-size: 12.5px; font-weight: 600; fill: var(--ink); } .node .facts { font-size: 11px; fill: var(--faint); }
        .node circle { fill: var(--plain); } .node.good circle { fill: var(--good); } .node.stale circle, .node.late circle { fill: var(--stale); }
        .node.bad circle { fill: var(--bad); } .node.bad rect { fill: var(--bad-soft); } .node.bad .facts { fill: var(--bad); } .node.new circle { fill: var(--new); } .node.running circle { fill: var(--running); }

        .bar { display: block; width: 100%; height: 14px; border-radius: 7px; overflow: hidden; } .rail { fill: var(--soft); } .span { fill: var(--plain); }
        .bar.good .span, .span.good { fill: var(--good); } .bar.bad .span, .span.bad { fill: var(--bad); } .bar.stale .span { fill: var(--stale); } .bar.running .span, .span.running { fill: var(--running); }
        .timeline .axis { min-width: 20rem; width: 45%; vertical-align: middle; } .ticks { display: flex; justify-content: space-between; font-weight: 500; }
        .log { list-style: none; margin: 0; padding: .8rem 1rem; font: 13px/1.6 var(--mono); max-height: 30rem; overflow: auto; overflow-wrap: anywhere; }
        .log:empty::before { content: "Nothing was said yet."; color: var(--faint); }
        .log .when { color: var(--faint); margin-right: .6rem; } .log b { font-weight: 600; } .log .good > span:last-child { color: var(--good); } .log .warning > span:last-child { color: var(--stale); } .log .bad > span:last-child { color: var(--bad); }
        .code { padding: 1rem 1.2rem; overflow: auto; font: 13px/1.55 var(--mono); max-height: 32rem; } details > summary { cursor: pointer; padding: .3rem 0; color: var(--link); }

        form.inline { display: inline-block; } .row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
        .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)); gap: .9rem 1.2rem; align-items: end; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem 1.2rem; }
        .fields label, .login label { display: grid; gap: .25rem; font-size: .88rem; color: var(--faint); } .check { font-size: .9rem; color: var(--faint); display: flex; gap: .35rem; align-items: center; }
        input, select, button { font: inherit; color: inherit; border-radius: 8px; border: 1px solid color-mix(in srgb, var(--faint) 55%, var(--line)); background: var(--card); padding: .4rem .7rem; min-height: 2.3rem; }
        input[type=checkbox] { min-height: 0; accent-color: var(--accent); } input.small { width: 5.5rem; } input::placeholder { color: var(--faint); opacity: 1; } input, select { color: var(--ink); min-width: 0; max-width: 100%; }
        button { cursor: pointer; font-weight: 550; } button:hover { background: var(--soft); }
        button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); } button.main:hover { background: color-mix(in srgb, var(--accent) 88%, var(--ink)); }
        button.danger { color: var(--bad); border-color: var(--bad); } button.danger:hover { background: var(--bad-soft); } button.quiet { border-color: transparent; background: var(--soft); }
        .login { max-width: 24rem; margin: 12vh auto 0; display: grid; gap: 1rem; padding: 1.8rem; } .trouble { max-width: 40rem; margin: 8vh auto; } .trouble h1 { margin: .6rem 0 .3rem; } .trouble .code { all: unset; font: 600 3rem/1 var(--mono); color: var(--faint); }

        @media (prefers-reduced-motion: no-preference) {
          .badge.running::before, .node.running circle { animation: breathe 1.8s ease-in-out infinite; }
          @keyframes breathe { 50% { opacity: .35; } }
        }
        @media (max-width: 720px) {
          .wide { width: calc(100% - 1.6rem); } .search { order: 3; flex: 1 1 100%; margin: 0; } .search input { width: 100%; }
          h1 { font-size: 1.3rem; } th, td { padding: .45rem .6rem; } .timeline .axis { min-width: 12rem; } .row input:not([type=checkbox]):not(.small) { flex: 1 1 10rem; } .actions .row input:not([type=checkbox]) { flex-basis: 100%; }
          td.actions { padding-inline: .4rem; } td.actions form { display: block; } td.actions form + form { margin: .3rem 0 0; } td.actions button { width: 100%; }
          .ticks span:nth-child(even) { display: none; }
        }
        @media (forced-colors: active) { .badge, .tally li { border: 1px solid; } }
        @media print { .top, .actions, footer, .skip { display: none; } }
        """#
}
