/** The part of the stylesheet that is about tables: rows where there is room, else a card for each row. */
export const TABLES = `
table{border-collapse:collapse;width:100%;overflow-wrap:break-word}
.note+.scroll,p+.scroll{margin-top:.6rem}
caption{text-align:left;color:var(--muted);font-size:.9em;padding:0 0 .4rem}
caption.title{color:var(--text);font-weight:600;font-size:1rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-top:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
thead th{border-top:0;color:var(--muted);font-size:.8rem;font-weight:600;white-space:nowrap}
tbody th{font-weight:600}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
td.wide{width:42%}
.under{display:block;font-weight:400;color:var(--muted);font-size:.9em}
td ul{padding-left:0;list-style:none}
.zero{color:var(--muted)}
td time,th time{white-space:nowrap}
.sort{display:flex;flex-wrap:wrap;gap:.15rem .9rem;margin:0 0 .6rem;font-size:.9em}
.sort a[aria-current]{color:var(--text);font-weight:600;text-decoration:none}
@media (max-width:48rem){
  table,tbody,tr,th,td,caption{display:block;overflow-wrap:anywhere}
  .scroll{overflow-x:visible}
  thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
  tbody tr{border-top:1px solid var(--line);padding:.5rem 0}
  tbody tr:first-child{border-top:0;padding-top:0}
  th,td,td.number,td.wide{border:0;padding:.1rem 0;width:auto;text-align:left}
  tbody td{display:grid;grid-template-columns:6.5rem minmax(0,1fr);column-gap:.75rem}
  tbody td::before{content:attr(data-label);color:var(--muted);font-size:.85em}
  tbody td.empty,tbody td:has(.zero){display:none}
  .slim tbody tr{display:flex;flex-wrap:wrap;column-gap:.75rem;padding:.25rem 0}
  .slim tbody th{flex:1}
  .slim tbody td{display:block}
  .slim tbody td::before{display:none}
  .slim tbody td.wide{flex:1 0 100%}
}
`;
