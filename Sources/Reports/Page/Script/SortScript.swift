/// Every table with a head sorts by any column: the first press of a head gives the largest first of numbers and the first of
/// the alphabet of words, the second press the opposite, the third the order of the report. Numbers go by value, as
/// ``SortValue`` says where a unit matters; what is missing comes last either way.
enum SortScript {
  static let source: Markup = #"""
    const tables = all('table.figures').map(table => ({
      body: table.tBodies[0], heads: [...table.tHead.rows[0].cells], rows: [...table.tBodies[0].rows],
      titles: [...table.tHead.rows[0].cells].map(words), column: 0, sign: 0
    }));
    const figure = cell => {
      if (cell.dataset.sort) return Number(cell.dataset.sort);
      const found = words(cell).match(/[+−-]?\d[\d,]*(\.\d+)?/);
      return found ? Number(found[0].replaceAll(',', '').replace('−', '-')) : NaN;
    };
    const isOfNumbers = head => head.classList.contains('n');
    const order = table => {
      const numbers = isOfNumbers(table.heads[table.column]);
      const key = row => numbers ? figure(row.cells[table.column]) : words(row.cells[table.column]);
      const keys = new Map(table.rows.map(row => [row, key(row)]));
      const lacks = key => Number.isNaN(key) || key === '' || key === '–';
      const sorted = !table.sign ? table.rows : [...table.rows].sort((one, other) => {
        const [a, b] = [keys.get(one), keys.get(other)];
        if (lacks(a) || lacks(b)) return lacks(a) - lacks(b);
        return table.sign * (numbers ? a - b : a.localeCompare(b, 'en', { numeric: true }));
      });
      table.body.append(...sorted);
      table.heads.forEach((head, column) => {
        if (column === table.column && table.sign) {
          head.setAttribute('aria-sort', table.sign > 0 ? 'ascending' : 'descending');
        }
        else head.removeAttribute('aria-sort');
      });
    };
    for (const table of tables.filter(table => table.rows.length > 1)) {
      table.heads.forEach((head, column) => {
        if (!words(head)) return;
        const button = make('button', { type: 'button' }, ...head.childNodes);
        head.append(button);
        button.addEventListener('click', () => {
          const first = isOfNumbers(head) ? -1 : 1;
          table.sign = table.column !== column || !table.sign ? first : table.sign === first ? -first : 0;
          table.column = column;
          order(table);
          writeLink();
        });
      });
    }
    addEventListener('weighted', () => tables.filter(table => table.sign).forEach(order));
    choices.push({
      write: kept => tables.forEach((table, place) => {
        if (table.sign) kept.append('sort', `${place}.${table.column}${table.sign > 0 ? 'a' : 'd'}`);
      }),
      read: kept => {
        for (const table of tables) table.sign = 0;
        for (const text of kept.getAll('sort')) {
          const [, place, column, sign] = text.match(/^(\d+)\.(\d+)([ad])$/) ?? [];
          if (tables[place]?.heads[column]) Object.assign(tables[place], { column: Number(column), sign: sign === 'a' ? 1 : -1 });
        }
        tables.forEach(order);
      }
    });

    """#
}
