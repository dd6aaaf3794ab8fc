/** The stylesheet: a file of the same origin, as the page's security policy asks. */
import { createHash } from 'node:crypto';
import { DARK, LIGHT, properties } from './palette.ts';
import { TABLES } from './style-tables.ts';

/** The whole stylesheet. */
export const STYLE = `
:root{color-scheme:light dark;${properties(LIGHT)}}
@media (prefers-color-scheme:dark){:root{${properties(DARK)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);
  font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
a{color:var(--accent);text-underline-offset:.15em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
code,pre,.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.88em}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.1rem;line-height:1.3;margin:0 0 .5rem}
h3{font-size:.95rem;margin:.75rem 0 .25rem}
p{margin:0 0 .5rem}
ul{margin:0;padding-left:1.1rem}
.skip{position:absolute;left:-100vw;top:0;background:var(--surface);padding:.5rem 1rem;z-index:1}
.skip:focus{left:.5rem}
.wrap{max-width:80rem;margin:0 auto;padding:0 1rem}
.top{background:var(--surface);border-bottom:1px solid var(--line)}
.top .wrap{display:flex;flex-wrap:wrap;align-items:center;column-gap:1.75rem}
.brand{margin:0;padding:.7rem 0;font-weight:700}
.brand span{font-weight:400;color:var(--muted)}
nav ul{display:flex;flex-wrap:wrap;list-style:none;padding:0;column-gap:.25rem}
.top nav a{display:block;padding:.7rem .55rem .55rem;color:var(--text);text-decoration:none;border-bottom:3px solid transparent}
.top nav a:hover{border-color:var(--border)}
.top nav a[aria-current]{border-color:var(--accent);color:var(--accent);font-weight:600}
main.wrap{padding-top:1.25rem;padding-bottom:1rem}
main:focus{outline:none}
.lead{color:var(--muted);max-width:60rem;margin-bottom:1rem}
section{margin:0 0 1.25rem}
.box{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:.9rem 1rem;min-width:0}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1.25rem;margin-bottom:1.25rem}
.two>*{margin:0}
.note{color:var(--muted);font-size:.9em;margin:.5rem 0 0}
.alarm{border-left:4px solid var(--bad)}
.more{margin:.6rem 0 0}
form{display:flex;flex-wrap:wrap;gap:.6rem .8rem;align-items:end;margin:0 0 1.25rem}
form .field{display:flex;flex-direction:column;min-width:0;flex:0 1 auto}
label{font-size:.8rem;color:var(--muted)}
input,select,button{font:inherit;max-width:100%;min-width:0;height:2.25rem;padding:.2rem .55rem;color:var(--text);background:var(--surface);
  border:1px solid var(--border);border-radius:6px}
input[type=text]{width:11.5rem}
button{background:var(--accent);border-color:var(--accent);color:var(--onAccent);font-weight:600;padding:.2rem 1rem;cursor:pointer}
form .reset{line-height:2.25rem}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,10rem),1fr));gap:.6rem .8rem}
form details{order:1;flex:1 1 100%;margin:0}
.grid input,.grid select{width:100%}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:.6rem;margin:0;padding:0;list-style:none}
.tiles li{min-width:0}
.tiles a,.tiles div{display:block;height:100%;padding:.55rem .75rem;border:1px solid var(--line);border-radius:8px;background:var(--surface);
  color:inherit;text-decoration:none}
.tiles a:hover{border-color:var(--accent)}
.tiles b{display:block;font-size:1.35rem;line-height:1.3;font-variant-numeric:tabular-nums}

.tiles i{display:block;font-style:normal;font-size:.8rem;color:var(--muted)}
.chart{margin:.5rem 0 .25rem}
.chart svg{display:block;width:100%;height:9rem;border-bottom:1px solid var(--border)}
.axis{display:flex;justify-content:space-between;gap:1rem;font-size:.8rem;color:var(--muted)}
.fill-accent{fill:var(--accent)}
.fill-quiet{fill:var(--quiet)}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;margin:0;list-style:none;font-size:.85rem;color:var(--muted)}
.key svg{width:.75rem;height:.75rem;margin-right:.35rem}
.bar{display:block;width:100%;min-width:3rem;height:.55rem}
details{margin:.5rem 0 0}
summary{cursor:pointer;color:var(--accent);width:fit-content}
details[open]>summary{margin-bottom:.5rem}
.badge{display:inline-block;padding:0 .45rem;border-radius:4px;background:var(--tint);color:var(--muted);font-size:.85em;font-weight:600;white-space:nowrap}
.is-good{color:var(--good)}
.is-warn{color:var(--warn)}
.is-bad{color:var(--bad)}
.is-accent{color:var(--accent)}
.muted{color:var(--muted)}
dl.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1rem;margin:0}
dl.facts dt{color:var(--muted)}
dl.facts dd{margin:0}
.scroll{overflow-x:auto;max-width:100%}
.box>details:first-child{margin-top:0}
pre{margin:0;padding:.75rem;background:var(--tint);border-radius:6px;white-space:pre-wrap}
.foot{color:var(--muted);font-size:.85rem;border-top:1px solid var(--line);margin-top:1.5rem;padding-top:.75rem;padding-bottom:1.5rem}
${TABLES}
@media (max-width:48rem){
  .badge{white-space:normal}
  .wrap{padding:0 .75rem}
  .top nav a{padding:.45rem .4rem .35rem}
  .top nav{padding-bottom:.25rem}
  .brand{padding-bottom:0}
  form .field{flex:1 1 9rem}
  form input,form select{width:100%}
  dl.facts{grid-template-columns:minmax(0,1fr)}
  dl.facts dd{margin-bottom:.4rem}
}
@media (prefers-reduced-motion:no-preference){a,input,button,.tiles a{transition:border-color .1s}}
@media (forced-colors:active){.fill-accent{fill:Highlight}.fill-quiet{fill:GrayText}}
@media print{
  :root{${properties(LIGHT)}}
  body{font-size:11px}
  .top nav,form,.skip,.more{display:none}
  .box,.tiles a{break-inside:avoid}
}
`;

/** A word that changes with the stylesheet, so that browsers may keep it as long as they like. */
export const STYLE_VERSION = createHash('sha256').update(STYLE).digest('hex').slice(0, 12);
