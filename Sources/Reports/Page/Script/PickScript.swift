/// Shows only the frameworks and scenarios that a reader picks, in all tables and charts (``PageTools``).
///
/// No part of a report has to know of it. A row of a table belongs to the framework in its column "Framework", or else in the
/// first; a column to the framework that heads it; a mark or line of a chart to the framework whose class it has
/// (``ChartMark``); a row of a ``DotPlot`` to the scenario that stands before it, and a section by its id.
enum PickScript {
  static let source: Markup = #"""
    const tools = document.getElementById('tools');
    if (tools) {
      tools.hidden = false;
      const boxes = all('input[type=checkbox]', tools);
      const search = tools.querySelector('input[type=search]');
      const scenarios = all('option', tools).map(option => option.value);
      const named = new Map(boxes.flatMap(box => [[box.value, box], [words(box.parentNode), box]]));
      const cell = (row, table, ...titles) =>
        words(row.cells[Math.max(0, table.titles.findIndex(title => titles.includes(title)))]);
      for (const table of tables) {
        table.columns = table.titles.map(title => named.get(title));
        table.belongs = table.rows.map(row => ({
          framework: named.get(cell(row, table, 'Framework', 'Side')), scenario: cell(row, table, 'Scenario')
        }));
      }
      const plots = all('svg.chart').map(svg => ({ svg, rows: all('.row', svg), height: Number(svg.getAttribute('height')) }))
        .filter(plot => plot.rows.length > 1);
      const rules = document.head.appendChild(make('style'));
      const collapse = ({ svg, rows, height }, isGone) => {
        const [first, second] = rows.map(row => Number(row.querySelector('.rule').getAttribute('y1')));
        let shift = 0;
        for (const row of rows) {
          const hidden = isGone(words(row.querySelector('.label')));
          row.style.display = hidden ? 'none' : '';
          row.setAttribute('transform', `translate(0 ${-shift})`);
          if (hidden) shift += second - first;
        }
        svg.setAttribute('height', height - shift);
        for (const line of all('.grid,.one', svg)) line.setAttribute('y2', height - 20 - shift);
        for (const label of all('.foot', svg)) label.setAttribute('transform', `translate(0 ${-shift})`);
      };
      const show = () => {
        const sought = (search?.value ?? '').toLowerCase().split(/[\s,]+/).filter(Boolean);
        const isGone = name => sought.length > 0 && scenarios.includes(name)
          && !sought.some(part => name.toLowerCase().includes(part));
        const isOff = box => box !== undefined && !box.checked;
        for (const table of tables) {
          table.rows.forEach((row, place) => {
            const { framework, scenario } = table.belongs[place];
            row.hidden = isOff(framework) || isGone(scenario);
          });
          table.columns.forEach((box, column) => {
            if (box) for (const one of [table.heads, ...table.rows.map(row => row.cells)]) one[column].hidden = isOff(box);
          });
        }
        rules.textContent = boxes.filter(isOff).map(({ dataset: { mark } }) =>
          `.chart ${mark} { display: none } .key li:has(${mark}) { display: none }`).join('\n');
        for (const part of all('[id^="scenario-"]')) part.hidden = isGone(part.id.slice('scenario-'.length));
        for (const link of all('nav a[href^="#scenario-"]')) {
          link.parentNode.hidden = isGone(link.hash.slice('#scenario-'.length));
        }
        for (const plot of plots) collapse(plot, isGone);
        const shown = scenarios.filter(name => !isGone(name)).length;
        if (search) tools.querySelector('output').textContent = sought.length ? `${shown} of ${scenarios.length}` : '';
      };
      tools.addEventListener('input', () => { show(); writeLink(); });
      tools.addEventListener('submit', event => event.preventDefault());
      choices.push({
        write: kept => {
          const off = boxes.filter(box => !box.checked).map(box => box.value);
          if (off.length) kept.set('hide', off.join());
          if (search?.value) kept.set('find', search.value);
        },
        read: kept => {
          const off = (kept.get('hide') ?? '').split(',');
          for (const box of boxes) box.checked = !off.includes(box.value);
          if (search) search.value = kept.get('find') ?? '';
          show();
        }
      });
      // A browser may have kept what was entered before the page was loaded anew.
      tools.reset();
    }

    """#
}
