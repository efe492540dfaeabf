/// Look of the replay page, in light and dark.
enum ReplayStyle {
    static let css = """
        :root{--page:#f6f7f9;--card:#ffffff;--ink:#14181f;--soft:#5b6573;--line:#e3e7ec;--good:#0a7f4f;--bad:#c93a3f;
        --rate:#2f74c9;--band:#2f74c9;--regional:#c2410c;--global:#7b5cc4}
        @media(prefers-color-scheme:dark){:root{--page:#0f1216;--card:#171b21;--ink:#eceff3;--soft:#9aa5b2;--line:#2a3038;
        --good:#3fbf87;--bad:#e8666a;--rate:#5a9bea;--band:#5a9bea;--regional:#f08a4b;--global:#a78bfa}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);
        font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
        main{max-width:1100px;margin:0 auto;padding:28px 20px 40px}
        p,h1,h2,ul{margin:0}ul{padding-left:18px}
        .mute{color:var(--soft)}
        header{margin-bottom:20px}
        .brand{font-weight:600;color:var(--soft);letter-spacing:.02em}
        h1{font-size:26px;line-height:1.25;font-weight:650;letter-spacing:-.01em}
        h2{font-size:15px;font-weight:650;margin-bottom:8px}h2.next{margin-top:18px}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:12px}
        .card,section{background:var(--card);border:1px solid var(--line);border-radius:10px}
        .card{padding:14px 18px}.name{font-weight:600}
        .big{font-size:40px;line-height:1.15;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
        section{padding:16px 18px;margin:12px 0;overflow-x:auto}
        .legend{display:flex;flex-wrap:wrap;gap:2px 20px;margin-bottom:6px;font-size:12.5px;color:var(--soft)}
        .key{display:inline-block;width:14px;height:4px;border-radius:2px;margin-right:7px;vertical-align:3px}
        .krate{background:var(--rate)}.kexpected{background:var(--soft);height:2px}
        .kband{background:var(--band);opacity:.25;height:11px;vertical-align:-1px}
        .kdip{background:var(--bad);opacity:.3;height:11px;vertical-align:-1px}
        svg{display:block;width:100%;min-width:640px;height:auto;margin-bottom:8px}
        svg text{font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
        .axis{fill:var(--soft)!important;font-variant-numeric:tabular-nums}
        .grid{stroke:var(--line);stroke-width:1}.tick{stroke:var(--soft)}
        .rate,.expected{fill:none;stroke-linejoin:round;stroke-linecap:round}
        .rate{stroke:var(--rate);stroke-width:1.3}
        .expected{stroke:var(--soft);stroke-width:.9;opacity:.8}
        .band{fill:var(--band);opacity:.16}
        .dip{fill:var(--bad);opacity:.2}
        .mark line{stroke-width:1.2;stroke-dasharray:3 3}
        .mark.regional line{stroke:var(--regional)}.mark.global line{stroke:var(--global)}
        .mark.regional circle,.dot.regional{fill:var(--regional)}.mark.global circle,.dot.global{fill:var(--global)}
        .mark text{fill:var(--card);font-size:10.5px;font-weight:700}
        .pin{display:inline-block;min-width:21px;padding:0 5px;border-radius:11px;text-align:center;color:var(--card);font-weight:700;
        font-size:12px;line-height:20px}
        .pin.regional{background:var(--regional)}.pin.global{background:var(--global)}
        .near{display:grid;grid-template-columns:repeat(3,1fr);gap:6px 18px;margin:6px 0 12px}
        .near svg{min-width:0;margin:0}figure{margin:0}figcaption{font-size:12.5px;color:var(--soft);padding-left:42px}
        .near .rate{stroke-width:1.6}
        table{border-collapse:collapse;width:100%}
        th{text-align:left;font-weight:500;color:var(--soft);font-size:12.5px}
        th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
        tbody tr:last-child td{border-bottom:0}
        .number{white-space:nowrap;font-variant-numeric:tabular-nums}.what{white-space:nowrap;font-weight:600}
        .ladder{white-space:nowrap}
        .rung{display:inline-block;padding:1px 9px;margin-right:4px;border-radius:999px;border:1px solid var(--line);
        color:var(--soft);font-size:12.5px}
        .rung.on{border-color:var(--good);color:var(--good);font-weight:650}
        footer{color:var(--soft);font-size:12.5px;margin-top:16px}
        @media(max-width:760px){.cards,.near{grid-template-columns:1fr 1fr}}
        @media print{body{background:none}.card,section{break-inside:avoid}}
        """
}
