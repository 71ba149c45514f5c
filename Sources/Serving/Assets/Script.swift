extension Assets {
    /// Pages work without it. It keeps them fresh while they are looked at.
    static let script = #"""
        "use strict";
        (() => {
          const isTyping = (element) => element && /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);

          // "/" goes to the search field.
          document.addEventListener("keydown", (event) => {
            if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(document.activeElement)) {
              const field = document.getElementById("q");
              if (field) { event.preventDefault(); field.focus(); field.select(); }
            }
          });

          // How long ago things were.
          const ago = (moment) => {
            const seconds = Math.max(0, Math.floor((Date.now() - moment) / 1000));
            if (seconds < 60) return "just now";
            if (seconds < 3600) return Math.floor(seconds / 60) + " min ago";
            if (seconds < 86400) return Math.floor(seconds / 3600) + " h ago";
            const days = Math.floor(seconds / 86400);
            return days === 1 ? "1 day ago" : days < 365 ? days + " days ago" : new Date(moment).toISOString().slice(0, 10);
          };
          setInterval(() => {
            for (const time of document.querySelectorAll("time[data-ago]")) time.textContent = ago(Date.parse(time.dateTime));
          }, 20000);

          // Rows of a table that have a text.
          const filter = (field) => {
            const sought = field.value.trim().toLowerCase();
            for (const row of document.querySelectorAll("#" + field.dataset.filter + " tbody tr"))
              row.hidden = sought !== "" && !row.textContent.toLowerCase().includes(sought);
          };
          document.addEventListener("input", (event) => { if (event.target.dataset && event.target.dataset.filter) filter(event.target); });

          const follows = document.body.dataset.follow;
          if (follows === undefined || !window.EventSource) return;

          // The page as it would be now, put in where it has changed.
          let waiting = null, busy = false, again = false;
          const refresh = async () => {
            waiting = null;
            if (busy) { again = true; return; }
            busy = true;
            try {
              const url = new URL(location.href);
              url.searchParams.delete("said");
              const answer = await fetch(url, { credentials: "same-origin", headers: { accept: "text/html" } });
              if (answer.ok) {
                const page = new DOMParser().parseFromString(await answer.text(), "text/html");
                for (const old of document.querySelectorAll("[data-live]")) replace(old, page.getElementById(old.id));
              }
            } catch { /* The next event tries again. */ }
            busy = false;
            if (again) { again = false; schedule(); }
          };
          const replace = (old, fresh) => {
            if (!fresh || old.innerHTML === fresh.innerHTML) return;
            const focused = document.activeElement;
            const hasFocus = focused && old.contains(focused);
            // Nobody loses what they are typing.
            if (hasFocus && isTyping(focused)) return;
            const place = hasFocus ? [...old.querySelectorAll("a,button,[tabindex]")].indexOf(focused) : -1;
            const scrolled = [...old.querySelectorAll(".scroll,.graph")].map((box) => [box.scrollLeft, box.scrollTop]);
            const filters = [...old.querySelectorAll("input[data-filter]")].map((field) => field.value);
            old.replaceChildren(...fresh.childNodes);
            old.querySelectorAll(".scroll,.graph").forEach((box, i) => { if (scrolled[i]) [box.scrollLeft, box.scrollTop] = scrolled[i]; });
            old.querySelectorAll("input[data-filter]").forEach((field, i) => { if (filters[i]) { field.value = filters[i]; filter(field); } });
            const next = old.querySelectorAll("a,button,[tabindex]")[place];
            if (next) next.focus({ preventScroll: true });
          };
          const schedule = (pause = 250) => { if (waiting === null) waiting = setTimeout(refresh, pause); };

          const log = document.getElementById("lines");
          const add = (line) => {
            const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 24;
            const item = document.createElement("li");
            item.className = line.level;
            const when = document.createElement("span");
            when.className = "when";
            when.textContent = (line.at || "").slice(11, 19);
            item.append(when, " ");
            if (line.dataset) { const name = document.createElement("b"); name.textContent = line.dataset; item.append(name, " "); }
            const text = document.createElement("span");
            text.textContent = line.text;
            item.append(text);
            log.append(item);
            while (log.childElementCount > 5000) log.firstElementChild.remove();
            if (isAtEnd) log.scrollTop = log.scrollHeight;
          };
          const progress = (data) => {
            for (const cell of document.querySelectorAll("[data-step]")) {
              if (cell.dataset.step !== data.dataset || !cell.firstElementChild) continue;
              cell.firstElementChild.textContent = data.phase + (data.fraction == null ? "" : " " + Math.round(data.fraction * 100) + " %");
            }
          };

          const connection = document.getElementById("connection");
          let events = null;
          const connect = () => {
            events = new EventSource("/api/v1/events" + (follows ? "?run=" + encodeURIComponent(follows) : ""));
            let wasLost = false;
            events.onopen = () => { connection.textContent = "live"; if (wasLost) schedule(); wasLost = false; };
            events.onerror = () => {
              connection.textContent = "not connected";
              wasLost = true;
              if (events.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
            };
            for (const name of ["run", "trigger", "backfill", "datasets"]) events.addEventListener(name, () => schedule());
            events.addEventListener("output", (event) => {
              const data = JSON.parse(event.data);
              if (log && data.run === follows) {
                for (const line of data.lines) add(line);
                if (data.event === "step_progressed") { progress(data); schedule(1500); return; }
              }
              if (data.event !== "step_progressed") schedule(follows ? 150 : 800);
            });
          };
          if (log) log.scrollTop = log.scrollHeight;
          addEventListener("pagehide", () => events && events.close());
          addEventListener("pageshow", (event) => { if (event.persisted) { connect(); schedule(); } });
          connect();
          // Bars of steps that go on grow by themselves.
          setInterval(() => { if (document.querySelector("td .badge.running")) schedule(); }, 2000);
        })();
        """#
}
