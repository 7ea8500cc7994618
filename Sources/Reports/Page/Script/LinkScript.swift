/// What a reader chose stands in the address behind a `~`, after the part of the page that it leads to:
/// `#overview~hide=sanic&sort=3.2d`. So a link shows the same.
enum LinkScript {
  static let source: Markup = #"""
    'use strict';
    const all = (selector, within = document) => [...within.querySelectorAll(selector)];
    const words = node => node.textContent.trim();
    const make = (tag, properties, ...children) => {
      const node = Object.assign(document.createElement(tag), properties);
      node.append(...children);
      return node;
    };

    const choices = [];
    let place = '';
    const writeLink = () => {
      const kept = new URLSearchParams();
      for (const choice of choices) choice.write(kept);
      const text = kept.toString();
      history.replaceState(null, '', '#' + place + (text && '~' + text));
    };
    const readLink = () => {
      const [part, kept] = location.hash.slice(1).split(/~(.*)/s);
      place = part;
      // A link within the page has none, and changes nothing.
      if (kept === undefined) return;
      const known = new URLSearchParams(kept);
      for (const choice of choices) choice.read(known);
      document.getElementById(place)?.scrollIntoView();
    };
    addEventListener('hashchange', () => { readLink(); writeLink(); });

    """#
}
