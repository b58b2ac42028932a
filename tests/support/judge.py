"""What a page must be for eyes, thumbs and screen readers: axe, size of targets, width."""

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TARGETS = """least =>
  [...document.querySelectorAll("a, button, summary, input, select, textarea")]
  .filter((item) => item.offsetParent && item.type !== "hidden" && !item.closest(".skip"))
  .map((item) => (/^(checkbox|radio)$/.test(item.type) ? item.closest("label") : item))
  .filter((item) => getComputedStyle(item).display !== "inline")
  .map((item) => [item.outerHTML.slice(0, 80), item.getBoundingClientRect()])
  .filter(([, box]) => box.height + 0.5 < least || box.width + 0.5 < least)
  .map(([text, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${text}`)"""


def axe_violations(page, *, strict_contrast=False):
    """The findings of axe, a line each; *strict_contrast* asks for 7:1."""
    options = {"runOnly": {"type": "tag", "values": RULES}}
    if strict_contrast:
        options["rules"] = {"color-contrast-enhanced": {"enabled": True}}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{item['id']}: {node['html'][:120]} {node['any'][0]['message'] if node['any'] else ''}"
        for item in found
        for node in item["nodes"]
    ]


def small_targets(page, least=48):
    """Visible controls that are smaller than *least* CSS pixels."""
    return page.evaluate(SMALL_TARGETS, least)


def scrolls_sideways(page):
    """Whether the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def wait_until(frame, expression):
    """Wait until the JavaScript *expression* is true in *frame*.

    Playwright's own wait_for_function compiles text in the page, which our policy forbids.
    """
    frame.evaluate(
        f"""() => new Promise((done, fail) => {{
          const end = performance.now() + 15000;
          const look = () => {{
            if ({expression}) done(true);
            else if (performance.now() > end) fail(new Error("waited in vain"));
            else setTimeout(look, 20);
          }};
          look();
        }})"""
    )
