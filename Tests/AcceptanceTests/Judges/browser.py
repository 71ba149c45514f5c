"""What a person with a browser sees of `millrace serve`: prints {"failures": [...], "checked": N} as JSON.

    browser.py MILLRACE SCREENSHOTS

MILLRACE is the program, SCREENSHOTS a folder for a picture of every page, light, dark and on a phone.
"""

import json
import pathlib
import re
import secrets
import shutil
import sys
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from served import Server, wait

# Every text that can be seen, with its contrast where that is too small.
CONTRAST = r"""
const parse = (text) => {
  let m = /^rgba?\(([^)]+)\)/.exec(text);
  if (m) {
    const p = m[1].split(/[\s,\/]+/).filter((x) => x !== "").map(parseFloat);
    return { r: p[0], g: p[1], b: p[2], a: p.length > 3 ? p[3] : 1 };
  }
  m = /^color\(srgb ([^)]+)\)/.exec(text);
  if (m) {
    const p = m[1].split(/[\s\/]+/).map(parseFloat);
    return { r: p[0] * 255, g: p[1] * 255, b: p[2] * 255, a: p.length > 3 ? p[3] : 1 };
  }
  return null;
};
const over = (top, under) => ({
  r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a),
  b: top.b * top.a + under.b * (1 - top.a), a: 1 });
const light = (c) => {
  const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  return 0.2126 * f(c.r) + 0.7152 * f(c.g) + 0.0722 * f(c.b);
};
const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
const canvas = isDark ? { r: 18, g: 18, b: 18, a: 1 } : { r: 255, g: 255, b: 255, a: 1 };
const background = (element) => {
  const layers = [];
  for (let e = element; e; e = e.parentElement) {
    const rect = e.tagName.toLowerCase() === "a" && e.namespaceURI.endsWith("svg") ? e.querySelector("rect") : null;
    const color = parse(rect ? getComputedStyle(rect).fill : getComputedStyle(e).backgroundColor);
    if (color && color.a > 0) layers.push(color);
    if (color && color.a === 1) break;
  }
  return layers.reverse().reduce((under, top) => over(top, under), canvas);
};
const seen = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const style = getComputedStyle(e);
    if (style.visibility !== "visible" || style.display === "none" || +style.opacity < 0.05) return false;
    if (style.clipPath === "inset(50%)") return false;
  }
  const box = element.getBoundingClientRect();
  return box.width > 1 && box.height > 1;
};
const result = { texts: 0, bad: [] };
const judge = (element, text, color) => {
  const under = background(element), ink = parse(color);
  result.texts += 1;
  if (!ink) { result.bad.push(`'${text}': the colour ${color} is not understood`); return; }
  const contrast = ratio(over(ink, under), under);
  if (contrast < 4.5)
    result.bad.push(`'${text.slice(0, 40)}' (${element.tagName.toLowerCase()}): ${contrast.toFixed(2)}`);
};
for (const element of document.body.querySelectorAll("*")) {
  if (/^(script|style|title|option)$/i.test(element.tagName) || !seen(element)) continue;
  const style = getComputedStyle(element);
  const isSVG = element.namespaceURI.endsWith("svg");
  const text = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join(" ").trim();
  if (text) judge(element, text, isSVG ? style.fill : style.color);
  if (element.tagName === "INPUT" && !/^(hidden|checkbox)$/.test(element.type)) {
    if (element.value) judge(element, element.value, style.color);
    else if (element.placeholder) judge(element, element.placeholder, getComputedStyle(element, "::placeholder").color);
  }
}
return result;
"""

# What a reader of the screen would miss.
NAMES = r"""
const found = [];
if (document.documentElement.lang === "") found.push("the page has no language");
const heads = document.querySelectorAll("h1").length;
if (heads !== 1) found.push(`there are ${heads} h1`);
if (document.querySelectorAll("main").length !== 1) found.push("there is not one main");
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
for (const id of new Set(ids)) if (ids.filter((x) => x === id).length > 1) found.push(`the id '${id}' is there twice`);
for (const e of document.querySelectorAll("[aria-labelledby]"))
  if (!document.getElementById(e.getAttribute("aria-labelledby"))) found.push(`nothing labels #${e.id}`);
for (const e of document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,[role=region]")) {
  const labels = e.labels ? [...e.labels].map((label) => label.textContent).join("") : "";
  const name = e.getAttribute("aria-label") || labels || e.textContent || e.title;
  if (!name.trim()) found.push(`no name for ${e.outerHTML.slice(0, 80)}`);
}
for (const e of document.querySelectorAll("th")) if (!e.scope) found.push(`no scope for the head ${e.textContent}`);
return found;
"""

FOCUS = r"""
const e = document.activeElement;
const shape = e.namespaceURI.endsWith("svg") ? e.querySelector("rect") : null;
const style = getComputedStyle(e);
const box = e.getBoundingClientRect();
const isMarked = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none"
  || (shape !== null && parseFloat(getComputedStyle(shape).strokeWidth) >= 2.5);
return {
  tag: e.tagName.toLowerCase(), name: e.className.baseVal ?? e.className, id: e.id,
  text: (e.getAttribute("aria-label") || e.textContent || e.placeholder || "").trim().slice(0, 40),
  inNavigation: e.closest("nav[aria-label=Main]") !== null, isMarked,
  isInView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
};
"""

# Buttons of which a part is outside of what can be seen without scrolling sideways.
CUT_OFF = r"""
return [...document.querySelectorAll("main button")].filter((button) => {
  const box = button.getBoundingClientRect();
  const frame = (button.closest(".scroll") || document.documentElement).getBoundingClientRect();
  return box.left < frame.left - 1 || box.right > frame.right + 1;
}).map((button) => button.getAttribute("aria-label") || button.textContent);
"""

MODES = {"light": (1280, 900, "light"), "dark": (1280, 900, "dark"), "phone": (375, 812, "light")}


class Browser:
    """Checks, and what came of them."""

    def __init__(self, server, screenshots):
        self.server = server
        self.screenshots = screenshots
        self.failures = []
        self.checked = 0
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for argument in [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900", "--disable-gpu",
            "--force-prefers-reduced-motion",
        ]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.set_page_load_timeout(60)

    def check(self, is_right, what):
        self.checked += 1
        if not is_right:
            self.failures.append(what)
        return bool(is_right)

    def step(self, what, action):
        """A part of the checks; what it throws is one more failure, and the others go on."""
        try:
            action()
        except Exception as error:  # noqa: BLE001 - any trouble is told
            self.failures.append(f"{what}: {type(error).__name__}: {str(error).splitlines()[0]}")

    def open(self, path):
        self.driver.get(self.server.base + path)

    def script(self, text):
        return self.driver.execute_script(text)

    def text(self, selector):
        # In one step: the page may put something fresh into the place of an element that was found.
        return self.driver.execute_script(
            "const found = document.querySelector(arguments[0]); return found ? found.innerText.trim() : '';", selector)

    def mode(self, name):
        width, height, scheme = MODES[name]
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": name == "phone"})
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def verify_quiet(self, where, allowed=()):
        """Nothing on the console, and nothing asked of anybody else."""
        entries = [entry["message"] for entry in self.driver.get_log("browser")]
        entries = [entry for entry in entries if not any(word in entry for word in allowed)]
        self.check(not entries, f"{where}: the console says {sorted(set(entries))}")
        others = set()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                if not url.startswith((self.server.base, "data:", "about:", "chrome:")):
                    others.add(url)
        self.check(not others, f"{where}: asks others: {sorted(others)}")

    def picture(self, name, mode):
        # The whole page and not only what fits into the window.
        height = min(4000, self.script("return document.documentElement.scrollHeight"))
        width = MODES[mode][0]
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mode == "phone"})
        self.driver.save_screenshot(str(self.screenshots / f"{name}-{mode}.png"))

    # Each page

    def look(self, pages):
        for mode in MODES:
            for name, path in pages.items():
                self.step(f"{name} ({mode})", lambda: self.look_at(name, path, mode))
        self.mode("light")

    def look_at(self, name, path, mode):
        where = f"{name} ({mode})"
        self.mode(mode)
        self.open(path)
        is_trouble = name == "nothing"
        self.verify_quiet(where, allowed=("404",) if is_trouble else ())
        self.check(self.text("h1") != "" or is_trouble, f"{where}: no heading")
        contrast = self.script(CONTRAST)
        self.check(contrast["texts"] > (2 if name == "login" else 5) or is_trouble, f"{where}: there is hardly a text")
        self.check(not contrast["bad"], f"{where}: contrast below 4.5: {contrast['bad'][:8]}")
        if mode == "light":
            names = self.script(NAMES)
            self.check(not names, f"{where}: {names[:8]}")
        if mode == "phone":
            width = self.script("return document.documentElement.scrollWidth")
            self.check(width <= 375, f"{where}: the page is {width} px wide")
        hidden = self.script(CUT_OFF)
        self.check(not hidden, f"{where}: buttons are cut off: {hidden[:4]}")
        upright = self.script(
            "return [...document.querySelectorAll('.tabs')].filter((e) => e.scrollHeight > e.clientHeight"
            " && getComputedStyle(e).overflowY !== 'hidden').length")
        self.check(upright == 0, f"{where}: the tabs scroll up and down")
        self.picture(name, mode)

    # What one can do

    def start_by_form(self, selection):
        self.open("/")
        field = self.driver.find_element(By.ID, "selection")
        field.send_keys(selection)
        self.driver.find_element(By.CSS_SELECTOR, "#selection ~ button.main").click()
        wait("the run's page", lambda: "/runs/" in self.driver.current_url)
        self.script("window.isTheSame = true")
        return re.search(r"/runs/([^?]+)", self.driver.current_url).group(1)

    def see(self, what, selector, word, seconds=90):
        """Waits until a part of the page has a word; the page is not loaded again meanwhile."""
        try:
            wait(what, lambda: word in self.text(selector), seconds=seconds)
        except TimeoutError as error:
            self.check(False, f"{error}; '{selector}' says '{self.text(selector)}'")
            return False
        self.check(self.script("return window.isTheSame === true"), f"{what}: the page was loaded again")
        return True

    def press(self, selector):
        def click():
            found = self.driver.find_elements(By.CSS_SELECTOR, selector)
            if not found:
                return False
            found[0].click()
            return True

        def patient():
            # The page may put a fresh button into the place of the one that was found.
            try:
                return click()
            except Exception:  # noqa: BLE001
                return False

        wait(f"a button '{selector}'", patient, seconds=30)

    def live(self):
        self.start_by_form("slow")
        self.check("on its way" in self.text("main"), "the run's page does not say that the run is on its way")
        self.see("the page shows that the run goes on", "#head .badge", "running")
        self.see("the step is there without loading the page again", "#steps", "slow")
        before = self.text("#steps td:nth-of-type(3)")
        wait("the time that the step takes grows", lambda: self.text("#steps td:nth-of-type(3)") != before, seconds=30)
        self.check("running" in self.text("#head .badge"), "the run ended before anybody saw its time grow")
        self.picture("run-live", "light")
        self.mode("light")
        self.see("the end is shown without loading the page again", "#head .badge", "done")
        self.see("the step's end is shown", "#steps .badge", "done", seconds=10)
        self.check("slow" in self.text("#lines"), "the log says nothing of the dataset")
        self.check(not self.driver.find_elements(By.CSS_SELECTOR, "form[action$='/cancel']"),
                   "a run that has ended has a button to cancel it")
        self.verify_quiet("a run with its progress")

    def overview_live(self):
        """The overview shows a run that somebody else has started."""
        self.open("/")
        self.script("window.isTheSame = true")
        wait("the overview is connected", lambda: "live" in self.text("#connection"), seconds=30)
        self.server.submit("/", "/runs", selection="couriers_raw", full_refresh="yes")
        self.see("the overview shows the new version", "#list tr:has(a[href='/datasets/couriers_raw'])", "1")
        self.verify_quiet("the overview")

    def cancel(self):
        run = self.start_by_form("endless")
        self.see("the run goes on", "#head .badge", "running")
        self.press("form[action$='/cancel'] button")
        wait("the page after the button", lambda: "said=cancelled" in self.driver.current_url, seconds=30)
        self.script("window.isTheSame = true")
        self.see("the run is cancelled", "#head .badge", "cancelled", seconds=60)
        status, _, text = self.server.get(f"/api/v1/runs/{run}")
        self.check(status == 200 and '"cancelled"' in text, f"the API says of the cancelled run: {status} {text[:200]}")

    def retry(self):
        self.start_by_form("fragile")
        if not self.see("the run fails", "#head .badge", "failed"):
            return
        self.see("the page says why", "#steps", "rows", seconds=10)
        self.picture("run-failed", "light")
        self.mode("light")
        self.server.write("landing/fragile_2.csv", "id,name\n3,c\n4,d\n")
        self.press("form[action$='/retry'] button")
        wait("the page after the button", lambda: "said=retried" in self.driver.current_url, seconds=30)
        self.script("window.isTheSame = true")
        self.see("the run is done after the second try", "#head .badge", "done")

    def triggers(self):
        self.open("/triggers")
        self.press("form[action='/triggers/by_hand/pause'] button")
        wait("the page after the button", lambda: "said=paused" in self.driver.current_url, seconds=30)
        row = "#triggers tr:has(form[action^='/triggers/by_hand/'])"
        self.check("paused" in self.text(row), f"the trigger is not paused: {self.text(row)}")
        self.press("form[action='/triggers/by_hand/resume'] button")
        wait("the page after the button", lambda: "said=resumed" in self.driver.current_url, seconds=30)
        self.check("active" in self.text(row), f"the trigger is not active again: {self.text(row)}")
        self.press("form[action='/triggers/by_hand/fire'] button")
        wait("the page after the button", lambda: "/runs/" in self.driver.current_url, seconds=30)
        self.script("window.isTheSame = true")
        run = re.search(r"/runs/([^?]+)", self.driver.current_url).group(1)
        wait("the run of the trigger ends",
             lambda: re.search("done|nothing to do", self.text("#head .badge")), seconds=60)
        self.open("/triggers")
        self.check(run in self.text(row), f"the trigger does not name its last run: {self.text(row)}")

    def backfill(self):
        self.open("/backfills")
        for name, value in [("from", "2024-01-01"), ("to", "2024-01-05")]:
            self.driver.find_element(By.NAME, name).send_keys(value)
        field = self.driver.find_element(By.NAME, "partitions_per_run")
        field.clear()
        field.send_keys("2")
        self.press("form[action='/backfills'] button.main")
        wait("the page after the button", lambda: "said=backfill" in self.driver.current_url, seconds=30)
        self.script("window.isTheSame = true")
        self.see("the backfill makes all", "#backfills", "5 of 5", seconds=120)
        self.see("the backfill is done", "#backfills .badge", "done", seconds=20)

    def search(self):
        self.open("/")
        self.driver.find_element(By.TAG_NAME, "body").send_keys("/")
        self.check(self.script("return document.activeElement.id") == "q", "'/' does not go to the search field")
        ActionChains(self.driver).send_keys("couriers", Keys.ENTER).perform()
        wait("what was found", lambda: "/search" in self.driver.current_url, seconds=30)
        self.check("couriers_raw" in self.text("#found"), f"the search finds: {self.text('#found')}")
        self.driver.find_element(By.CSS_SELECTOR, "#found a").click()
        wait("what was clicked", lambda: "/datasets/couriers_raw" in self.driver.current_url, seconds=30)

    def lineage(self):
        """From a column the keyboard leads to what it is made from, and there the row is in sight."""
        self.open("/datasets/deliveries/lineage")
        link = self.driver.find_element(By.CSS_SELECTOR, "#columns td a[href*='#column-']")
        place = link.get_attribute("href")
        link.send_keys(Keys.ENTER)
        wait("the column that it is made from", lambda: self.driver.current_url == place, seconds=30)
        seen = self.script("""
            const row = document.querySelector(":target"), box = row && row.getBoundingClientRect();
            return Boolean(row) && box.top >= 0 && box.bottom <= innerHeight;""")
        self.check(seen, f"the row of {place} is not in sight")

    def filter(self):
        self.open("/")
        self.driver.find_element(By.CSS_SELECTOR, "input[data-filter=list]").send_keys("by_day")
        rows = [row.text for row in self.driver.find_elements(By.CSS_SELECTOR, "#list tbody tr") if row.is_displayed()]
        self.check(len(rows) == 1 and rows[0].startswith("by_day"), f"the list shows {rows} for 'by_day'")

    def keyboard(self, pages):
        for name, path in pages.items():
            self.open(path)
            stops = []
            for _ in range(40):
                ActionChains(self.driver).send_keys(Keys.TAB).perform()
                stop = self.script(FOCUS)
                if stop["tag"] == "body" or (stops and stop == stops[0]):
                    break
                stops.append(stop)
            self.check(stops and stops[0]["name"] == "skip", f"{name}: Tab reaches first {stops[:1]}")
            words = [stop["text"] for stop in stops[:7] if stop["inNavigation"]]
            self.check(words == ["Overview", "Runs", "Triggers", "Backfills"],
                       f"{name}: Tab reaches of the navigation {words} ({[stop['text'] for stop in stops[:7]]})")
            unmarked = [stop["text"] or stop["tag"] for stop in stops if not stop["isMarked"]]
            self.check(not unmarked, f"{name}: the focus cannot be seen on {unmarked[:6]}")
            unseen = [stop["text"] or stop["tag"] for stop in stops if not stop["isInView"]]
            self.check(not unseen, f"{name}: the focus is out of view on {unseen[:6]}")
        self.open("/runs")
        ActionChains(self.driver).send_keys(Keys.TAB, Keys.ENTER).perform()
        time.sleep(0.2)
        self.check(self.script("return document.activeElement.id") == "content", "the skip link does not skip")

    def sign_in(self, token):
        # What the server before this one was asked for went to another address.
        self.driver.get_log("performance")
        self.mode("light")
        self.open("/runs")
        self.check("/login" in self.driver.current_url, f"who is not known gets {self.driver.current_url}")
        self.look_at("login", "/login?next=/runs", "dark")
        self.look_at("login", "/login?next=/runs", "phone")
        self.look_at("login", "/login?next=/runs", "light")
        self.driver.find_element(By.NAME, "password").send_keys("wrong", Keys.ENTER)
        wait("the refusal", lambda: "not right" in self.text("form.login"), seconds=30)
        self.driver.get_log("browser")
        self.driver.find_element(By.NAME, "password").send_keys(token, Keys.ENTER)
        wait("the page that was asked for", lambda: "/login" not in self.driver.current_url, seconds=30)
        self.check(self.text("h1") == "Runs", f"after signing in there is '{self.text('h1')}'")
        self.verify_quiet("signing in")
        self.press("form[action='/logout'] button")
        wait("the page after signing out", lambda: "/login" in self.driver.current_url, seconds=30)
        self.open("/")
        self.check("/login" in self.driver.current_url, "who has signed out still gets the overview")

    # Without a script

    def forms(self):
        def place(answer):
            return answer[1].get("Location") or ""

        server = self.server
        answer = server.submit("/", "/runs", selection="couriers_raw")
        self.check(answer[0] == 303 and place(answer).startswith("/runs/"),
                   f"the form of the overview: {answer[0]} {place(answer)}")
        run = place(answer).split("?")[0]
        status, _, text = server.get(run)
        self.check(status == 200 and "couriers_raw" in text, f"the page of the run that the form started: {status}")
        for action, said in [("pause", "paused"), ("resume", "resumed")]:
            answer = server.submit("/triggers", f"/triggers/hook/{action}")
            self.check(answer[0] == 303 and f"said={said}" in place(answer),
                       f"the form to {action} a trigger: {answer[0]} {place(answer)}")
        cookie, token = server.visit("/")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        for what, body, head in [
            ("without its token", "selection=", {"Cookie": cookie}),
            ("with a wrong token", "csrf=" + "0" * 64, {"Cookie": cookie}),
            ("without its cookie", "csrf=" + token, {}),
            ("from somebody else's page", "csrf=" + token, {"Cookie": cookie, "Origin": "http://example.org"}),
        ]:
            status, _, _ = server.request("POST", "/runs", body, kind | head)
            self.check(status in (400, 403, 422), f"a form {what} gets {status}")


def main():
    millrace, screenshots = sys.argv[1:3]
    missing = [program for program in ["chromium", "chromedriver"] if shutil.which(program) is None]
    if missing:
        print(json.dumps({"failures": [f"there is no {' and no '.join(missing)} on the PATH"], "checked": 1}))
        return
    screenshots = pathlib.Path(screenshots)
    shutil.rmtree(screenshots, ignore_errors=True)
    screenshots.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="millrace-browser-") as folder:
        server = Server(millrace, folder)
        # First versions by a run from the command line, before anybody looks.
        first = server.run("run", "deliveries+", "+deliveries", "--no-color")
        server.start()
        browser = None
        try:
            browser = Browser(server, screenshots)
            browser.check(first.returncode == 0, f"'millrace run' before all else: {first.stdout}{first.stderr}")
            for what, action in [
                ("live progress", browser.live), ("the overview", browser.overview_live), ("retry", browser.retry),
                ("cancel", browser.cancel), ("triggers", browser.triggers), ("backfill", browser.backfill),
                ("search", browser.search), ("lineage", browser.lineage), ("filter", browser.filter),
                ("forms", browser.forms),
            ]:
                browser.step(what, action)
            runs = json.loads(server.get("/api/v1/runs")[2]).get("runs", [])
            broken = next((run["run"] for run in runs if run.get("phase") == "cancelled"), "")
            made = next((run["run"] for run in runs if run.get("phase") == "done"), "")
            browser.check(broken and made, f"the API does not list the runs that there were: {runs[:2]}")
            dataset = {f"dataset-{tab or 'about'}": f"/datasets/deliveries/{tab}".rstrip("/")
                       for tab in ["", "versions", "preview", "checks", "lineage", "quarantine"]}
            pages = {"overview": "/", **dataset, "runs": "/runs", "run": f"/runs/{made}",
                     "run-cancelled": f"/runs/{broken}", "triggers": "/triggers", "backfills": "/backfills",
                     "search": "/search?q=deliver", "search-empty": "/search", "nothing": "/datasets/none_such"}
            browser.look(pages)
            few = ["overview", "dataset-about", "dataset-lineage", "run", "triggers", "backfills"]
            browser.step("keyboard", lambda: browser.keyboard({name: pages[name] for name in few}))
            status = server.stop()
            browser.check(status == 0, f"after SIGTERM the server ends with {status}: {server.log()[-500:]}")
            token = secrets.token_hex(24)
            server.start(MILLRACE_TOKEN=token)
            browser.step("signing in", lambda: browser.sign_in(token))
        finally:
            if browser:
                browser.driver.quit()
            server.stop()
    print(json.dumps({"failures": browser.failures, "checked": browser.checked}))


if __name__ == "__main__":
    main()
