"""Pages in a real browser: what they show, and whether it can be read."""

import html
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from testing import SECONDS, Skip, check, check_equal

PROGRAM = "chromium"
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
           "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync",
           "--allow-file-access-from-files", "--enable-logging=stderr",
           "--virtual-time-budget=20000")

DARK = "--blink-settings=preferredColorScheme=0"

# Of each page in its frame: the figures as they are seen, what stands in the
# way of a label, labels that an axis has twice, cells of a table that reach
# out of the page without a bar to scroll them, and text that can't be told
# from what is behind it.
PROBE = """
function light(c){
  const part=c.match(/[0-9.]+/g).slice(0,3).map(x=>x/255)
    .map(x=>x<=.03928?x/12.92:((x+.055)/1.055)**2.4);
  return .2126*part[0]+.7152*part[1]+.0722*part[2];}
function contrast(e,view){
  let at=e, back='rgb(255,255,255)';
  for(;at;at=at.parentElement){
    const c=view.getComputedStyle(at).backgroundColor;
    if(!/, 0\\)$/.test(c)&&c!='transparent'){back=c;break;}}
  const own=view.getComputedStyle(e),
    [a,b]=[light(e.closest('svg')?own.fill:own.color),light(back)];
  return (Math.max(a,b)+.05)/(Math.min(a,b)+.05);}
function look(d){
  const view=d.defaultView;
  const seen=[...d.querySelectorAll(
      'svg text,.legend li,h1,h2,h3,.tile,figcaption')]
    .map(e=>[e.textContent.trim(),e.getBoundingClientRect()])
    .filter(([t,r])=>t&&r.width&&r.height), found=[];
  seen.forEach(([t,a],i)=>{
    if(a.left<-1||a.right>d.documentElement.clientWidth+1)
      found.push(t+' sticks out');
    seen.slice(i+1).forEach(([u,b])=>{
      if(Math.min(a.right,b.right)-Math.max(a.left,b.left)>-3&&
         Math.min(a.bottom,b.bottom)-Math.max(a.top,b.top)>3)
        found.push(t+' touches '+u)})});
  for(const svg of d.querySelectorAll('svg')){
    const axes={};
    for(const e of svg.querySelectorAll('text')){
      const r=e.getBoundingClientRect(), t=e.textContent.trim();
      for(const axis of ['right'+Math.round(r.right),'top'+Math.round(r.top)])
        if(r.width){
          if((axes[axis]??={})[t]) found.push(t+' stands twice on an axis');
          axes[axis][t]=1;}
    }}
  for(const e of d.querySelectorAll('td,th')){
    const r=e.getBoundingClientRect();
    if(r.width&&!e.closest('.wide')&&r.right>d.documentElement.clientWidth+1)
      found.push('the cell '+e.textContent.trim()+' sticks out');}
  for(const e of d.querySelectorAll('svg text,p,h1,h2,h3,li,td,th,dt,dd,a,'+
      'small,figcaption,summary,.tile'))
    if(e.getBoundingClientRect().width&&e.textContent.trim()&&
       contrast(e,view)<4.5)
      found.push(e.textContent.trim()+' has no contrast');
  const text=q=>[...d.querySelectorAll(q)].map(e=>e.innerText.trim());
  return {width:d.documentElement.scrollWidth,labels:seen.length,found,
    answers:text('.answer'),failed:text('.failed'),warnings:text('.warn'),
    figures:[...d.querySelectorAll('[data-figure]')].map(e=>({
      run:+e.dataset.run,key:e.dataset.figure,value:e.dataset.value,
      shown:e.innerText.trim(),
      beside:[...e.parentNode.querySelectorAll('small')]
        .map(s=>s.innerText.trim())}))};}
onload=()=>{document.title=JSON.stringify(
  [...document.querySelectorAll('iframe')]
    .map(f=>look(f.contentDocument)))}"""


def browser(page, *more):
    """What the browser prints of a page, which must not complain of it."""
    program = shutil.which(PROGRAM)
    if not program:
        raise Skip(f"{PROGRAM} is not installed")
    with tempfile.TemporaryDirectory(prefix="browser.") as profile:
        done = subprocess.run(
            [program, *OPTIONS, f"--user-data-dir={profile}", *more,
             page.as_uri()], capture_output=True, text=True, timeout=SECONDS,
            check=False)
    check(not done.returncode, f"{PROGRAM} failed: {done.stderr[-500:]}")
    console = [line for line in done.stderr.splitlines()
               if "CONSOLE" in line]
    check_equal(console, [], "the browser's console")
    return done.stdout


def look_at(pages, widths, *options):
    """{(page, width): what PROBE finds}, all in one go of the browser."""
    wanted = [(page, width) for page in pages for width in widths]
    frames = "".join(
        f'<iframe style="width:{width}px;height:640px;border:0" '
        f'src="{html.escape(page.as_uri())}"></iframe>'
        for page, width in wanted)
    with tempfile.TemporaryDirectory(prefix="probe.") as folder:
        probe = Path(folder, "probe.html")
        probe.write_text('<!DOCTYPE html><meta charset="utf-8"><body>'
                         f"<script>{PROBE}</script>{frames}</body>")
        title = re.search("<title>(.*?)</title>",
                          browser(probe, "--dump-dom",
                                  "--window-size=1400,900", *options))
    check(title, "no page was looked at")
    return dict(zip(wanted, json.loads(html.unescape(title[1])),
                    strict=True))


def check_layout(looks):
    """Of what look_at() found: nothing overlaps, sticks out or is too wide."""
    for (page, width), seen in looks.items():
        where = f"{page.name} at {width} pixels"
        check(seen["labels"] > 10 or not shutil.which("gnuplot"),
              f"{seen['labels']} labels only in {where}")
        check_equal(seen["found"], [], f"labels of {where}")
        check(seen["width"] <= width, f"{where} is {seen['width']} wide")
