// Renews the part of a page that follows work under way, as long as that part says so.
// Without it the page stays as it is and has a link to load it again.
(() => {
  "use strict";
  // An open page must not keep a session alive for ever.
  let left = 200;

  const part = () => document.querySelector("[data-renew-s]");

  const wait = () => {
    const shown = part();
    if (shown && left > 0) {
      left -= 1;
      setTimeout(renew, 1000 * Number(shown.dataset.renewS));
    }
  };

  const renew = async () => {
    const shown = part();
    try {
      const answer = document.hidden ? null : await fetch(location.href, { redirect: "error" });
      if (answer && answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(shown.id);
        if (fresh) shown.replaceWith(document.importNode(fresh, true));
      }
    } catch {
      // The network is away or the session has ended: what is shown stays true until now.
    }
    wait();
  };

  wait();
})();
