// The notice is shown to its end before the person can agree to it.

function showToItsEnd(notice) {
  const readOn = document.querySelector("[data-read-on]");
  const agree = readOn.nextElementSibling;
  const isAtEnd = () => notice.scrollTop + notice.clientHeight >= notice.scrollHeight - 8;
  const look = () => {
    if (!isAtEnd()) { return; }
    const hadFocus = document.activeElement === readOn;
    readOn.hidden = true;
    agree.hidden = false;
    if (hadFocus) { agree.querySelector("button").focus(); }
  };
  readOn.addEventListener("click", () => { notice.scrollTop += notice.clientHeight * 0.85; });
  notice.addEventListener("scroll", look);
  new ResizeObserver(look).observe(notice);
  readOn.hidden = isAtEnd();
  agree.hidden = !isAtEnd();
}

for (const notice of document.querySelectorAll("[data-notice]")) { showToItsEnd(notice); }
