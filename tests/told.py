"""What screen readers are told of a page, as lines that are the same in every engine.

A line is a role with its name and states, or a text that stands between such.
"""

# What each engine calls a role. Of those in LEAVES the name says all; a label is read with its
# field; what is in neither table is a box, which nobody hears.
ROLES = {
    "heading": "heading", "grouping": "group", "group": "group", "radiobutton": "radio",
    "radio": "radio", "checkbutton": "checkbox", "checkbox": "checkbox", "pushbutton": "button",
    "toggle button": "button", "button": "button", "link": "link", "entry": "textbox",
    "textbox": "textbox", "summary": "summary", "DisclosureTriangle": "summary",
    "graphic": "image", "image": "image", "img": "image", "math": "text", "MathMLMath": "text",
    "text leaf": "text", "statictext": "text", "StaticText": "text", "label": "label",
    "LabelText": "label", "statusbar": "status", "status": "status", "alert": "alert",
    "timer": "timer", "listitem": "item", "row": "row", "paragraph": "paragraph",
    "dialog": "dialog", "region": "region", "progressbar": "progressbar",
    "progressIndicator": "progressbar",
}
LEAVES = {"heading", "radio", "checkbox", "button", "link", "textbox", "summary", "image"}
BLOCKS = {"status", "alert", "timer", "item", "row", "paragraph"}    # texts end with them
# What each engine calls a state, of those that are told.
STATES = {"checked": "checked", "unavailable": "disabled", "disabled": "disabled",
          "expanded": "expanded", "pressed": "pressed", "invalid": "invalid"}

# The tree that Firefox keeps of the page at an address: [role, name, [state, ...], [child, ...]].
FIREFOX_TREE = """
    const [address, done] = arguments;
    const service = Cc["@mozilla.org/accessibilityService;1"]
        .getService(Ci.nsIAccessibilityService);
    const browser = [...Services.wm.getEnumerator("navigator:browser")]
        .flatMap((window) => window.gBrowser.browsers)
        .find((one) => one.currentURI.spec === address);
    const read = (one) => {
        const [states, more] = [{}, {}];
        one.getState(states, more);
        const about = (key) =>
            one.attributes.has(key) ? one.attributes.getStringProperty(key) : "";
        const written = about("xml-roles") || (about("tag") === "p" ? "paragraph" : "");
        return [written || service.getStringRole(one.role), one.name || "",
                Array.from(service.getStringStates(states.value, more.value)),
                Array.from({ length: one.childCount }, (_, n) => read(one.getChildAt(n)))];
    };
    const root = service.getAccessibleFor(browser);
    done(root && root.firstChild && root.firstChild.childCount ? read(root.firstChild)
        : ["", "", [], []]);     // it is only begun to be kept"""


def read_firefox(driver):
    """The tree of Firefox, which must have been started with -remote-allow-system-access."""
    address = driver.current_url
    with driver.context(driver.CONTEXT_CHROME):
        return driver.execute_async_script(FIREFOX_TREE, address)


def read_chromium(page):
    """The tree of a page of Playwright's in Chromium, in the same shape."""
    browser = page.context.new_cdp_session(page)
    nodes = browser.send("Accessibility.getFullAXTree")["nodes"]
    browser.detach()
    known = {node["nodeId"]: node for node in nodes}

    def read(node):
        states = [one["name"] for one in node.get("properties", ())
                  if one["value"].get("value") not in (False, "false")]
        role = "" if node["ignored"] else node["role"]["value"]
        return [role, node.get("name", {}).get("value", ""), states,
                [read(known[id]) for id in node.get("childIds", ()) if id in known]]
    return read(nodes[0])


def tell(tree):
    """The lines of a tree."""
    lines, texts = [], []

    def end_text(block):
        if text := " ".join(" ".join(texts).split()):
            lines.append(text if block in ("", "paragraph") else f"{block}: {text}")
        texts.clear()

    def read(node, block, labels):
        role, name, states, children = node
        role = ROLES.get(role, "")
        if role == "text":
            texts.append("" if labels else name)
            return
        if role in BLOCKS:
            end_text(block)
            block = role
        elif role and role != "label" and (name or role in LEAVES):
            end_text(block)
            told = {STATES[state] for state in states if state in STATES and role != "group"}
            lines.append(" ".join([role, f'"{" ".join(name.split())}"', *sorted(told)]))
        if role not in LEAVES:
            for child in children:
                read(child, block, labels or role == "label")
        if role in BLOCKS:
            end_text(block)
    read(tree, "", False)
    end_text("")
    return lines
