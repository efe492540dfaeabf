/// Look and behaviour of the report page.
enum ReportStyle {
    static let css = """
        :root{--page:#f6f7f9;--card:#ffffff;--ink:#14181f;--soft:#5b6573;--line:#e3e7ec;--good:#0a7f4f;--bad:#c93a3f;
        --r0:#2f74c9;--r1:#d99a14;--r2:#159a83;--r3:#7b5cc4;--r4:#b2567f;--r5:#6b7785;
        --relief:#e2a93b;--shift:#4a8fe0;--publish:#9473d4;--settled:#3aa878;--held:#d8585c;--other:#8a94a1}
        @media(prefers-color-scheme:dark){:root{--page:#0f1216;--card:#171b21;--ink:#eceff3;--soft:#9aa5b2;--line:#2a3038;
        --good:#3fbf87;--bad:#e8666a;--r0:#5a9bea;--r1:#dba63a;--r2:#33b39a;--r3:#9d85dd;--r4:#cf7c9f;--r5:#8c98a6;
        --relief:#d9a441;--shift:#5b9be6;--publish:#a388e0;--settled:#49b788;--held:#e0686b;--other:#7d8793}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);
        font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
        main{max-width:1100px;margin:0 auto;padding:28px 20px 40px}
        p,h1,h2,dl,dd{margin:0}
        .mute,.mute tspan{color:var(--soft);fill:var(--soft)}
        header{display:flex;justify-content:space-between;align-items:flex-start;gap:20px;margin-bottom:20px}
        .brand{font-weight:600;color:var(--soft);letter-spacing:.02em}
        h1{font-size:26px;line-height:1.25;font-weight:650;letter-spacing:-.01em}
        h2{font-size:15px;font-weight:650;margin-bottom:8px}
        .pill{padding:5px 14px;border-radius:999px;font-weight:650;white-space:nowrap;border:1.5px solid}
        .yes{color:var(--good)}.no{color:var(--bad)}
        .cards{display:grid;grid-template-columns:repeat(4,1fr);gap:12px}
        .card,section,.facts{background:var(--card);border:1px solid var(--line);border-radius:10px}
        .card{padding:14px 18px}
        .name{font-weight:600}
        .big{font-size:40px;line-height:1.15;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
        .big small{font-size:18px;font-weight:500;color:var(--soft)}
        .facts{display:flex;flex-wrap:wrap;justify-content:space-between;gap:8px 24px;padding:12px 18px;margin:12px 0}
        dt{color:var(--soft);font-size:12.5px}dd{font-size:17px;font-weight:600;font-variant-numeric:tabular-nums}
        section{padding:16px 18px;margin:12px 0}
        .charts{padding:14px 14px 8px;position:relative}
        .legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin:0 4px 12px;font-weight:500}
        .key{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:7px;vertical-align:-1px}
        svg{display:block;width:100%;height:auto;overflow:visible}
        svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
        .axis,.rowname{fill:var(--soft)!important;font-variant-numeric:tabular-nums}
        .charttitle{font-weight:650!important;font-size:13px!important}.charttitle tspan{font-weight:400}
        .eventname{font-weight:550!important;font-size:11.5px!important}
        .phasename{font-size:11px!important;font-weight:600!important}
        .grid{stroke:var(--line);stroke-width:1}.tick{stroke:var(--soft)}
        .event{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3;opacity:.75}
        .cross{stroke:var(--ink);stroke-width:1;opacity:.55;visibility:hidden}.cross.on{visibility:visible}
        .charttitle,.eventname{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
        .area{stroke:var(--card);stroke-width:.8}
        .goodline,.servedline,.entryline,.injectedline{fill:none;stroke-width:2;stroke-linejoin:round}
        .goodline{stroke:var(--good)}.servedline,.injectedline{stroke:var(--ink)}
        .entryline{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:5 4}
        .r0{fill:var(--r0);background:var(--r0)}.r1{fill:var(--r1);background:var(--r1)}.r2{fill:var(--r2);background:var(--r2)}
        .r3{fill:var(--r3);background:var(--r3)}.r4{fill:var(--r4);background:var(--r4)}.r5{fill:var(--r5);background:var(--r5)}
        .bad{fill:var(--bad);background:var(--bad)}
        .band{opacity:.09}.phase{opacity:.38}
        .b-relief{fill:var(--relief);background:var(--relief)}.b-shift{fill:var(--shift);background:var(--shift)}
        .b-publish{fill:var(--publish);background:var(--publish)}.b-settled{fill:var(--settled);background:var(--settled)}
        .b-held{fill:var(--held);background:var(--held)}.b-other{fill:var(--other);background:var(--other)}
        table{border-collapse:collapse;width:100%}
        th{text-align:left;font-weight:500;color:var(--soft);font-size:12.5px}
        th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
        tbody tr:last-child td{border-bottom:0}
        .number{white-space:nowrap;font-variant-numeric:tabular-nums}
        .what{white-space:nowrap;font-weight:600}.mark{font-weight:700;width:22px}.found{color:var(--soft)}
        .sub td{color:var(--soft)}
        .pair{display:grid;grid-template-columns:1fr 1fr;gap:12px}.pair section{margin:0}
        #tip{position:absolute;pointer-events:none;background:var(--card);border:1px solid var(--line);border-radius:8px;
        padding:8px 12px;box-shadow:0 4px 16px rgb(0 0 0/.16);font-size:12.5px;font-variant-numeric:tabular-nums;white-space:nowrap}
        #tip b{font-weight:650}
        footer{color:var(--soft);font-size:12.5px;margin-top:16px}
        @media(max-width:760px){.cards{grid-template-columns:1fr 1fr}.pair{grid-template-columns:1fr}}
        @media print{body{background:none}.card,section,.facts{break-inside:avoid}}
        """

    /// Shows the second under the pointer; without it the page is complete.
    static let script = """
        (()=>{const svg=document.getElementById('charts'),tip=document.getElementById('tip'),cross=document.getElementById('cross'),
        box=tip.parentElement,d=drill;const off=()=>{tip.hidden=true;cross.classList.remove('on')};
        svg.addEventListener('pointerleave',off);svg.addEventListener('pointermove',e=>{const r=svg.getBoundingClientRect(),
        x=(e.clientX-r.left)*svg.viewBox.baseVal.width/r.width,t=d.first+(x-d.left)/d.inner*(d.last-d.first);
        const row=d.rows.find(s=>t>=s[0]&&t<s[0]+1);if(!row||x<d.left)return off();
        const mid=d.left+(row[0]+.5-d.first)/(d.last-d.first)*d.inner;cross.setAttribute('x1',mid);cross.setAttribute('x2',mid);cross.classList.add('on');
        const band=d.bands.find(b=>row[0]>=b[0]&&row[0]<b[1]);const lines=[];
        const line=(name,value,key)=>{const p=document.createElement('div');if(key){const k=document.createElement('i');k.className='key '+key;p.append(k)}
        const b=document.createElement('b');b.textContent=value;p.append(b,' '+name);lines.push(p)};
        line(band?'· '+band[2]:'',(row[0]<0?'':'+')+row[0].toFixed(1)+' s');
        line('good',row[1]?(Math.floor(row[2]/row[1]*100000)/1000)+' %':'-');
        d.regions.forEach((n,i)=>line(n,row[3+i],'r'+i%6));line('failed',row[1]-row[2],'bad');
        tip.replaceChildren(...lines);tip.hidden=false;const b=box.getBoundingClientRect(),w=tip.offsetWidth,left=e.clientX-b.left;
        tip.style.left=(left+w+24>b.width?left-w-14:left+14)+'px';tip.style.top=Math.max(8,e.clientY-b.top-40)+'px'})})();
        """
}
