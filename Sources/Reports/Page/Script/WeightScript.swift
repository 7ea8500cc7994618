/// The standing for the weights of the reader: the same arithmetic as ``WeightedStandings`` and `LogEstimate`, on the same
/// figures, so that with equal weights it shows what the report says.
enum WeightScript {
  static let source: Markup = #"""
    const logGamma = z => {
      const coefficients = [676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];
      if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z);
      const base = z + 6.5;
      const sum = coefficients.reduce((sum, coefficient, index) => sum + coefficient / (z + index), 0.99999999999980993);
      return 0.5 * Math.log(2 * Math.PI) + (z - 0.5) * Math.log(base) - base + Math.log(sum);
    };
    const betaFraction = (x, a, b) => {
      const notZero = value => Math.abs(value) < 1e-300 ? 1e-300 : value;
      let c = 1, d = 1 / notZero(1 - (a + b) * x / (a + 1)), fraction = d;
      for (let m = 1; m <= 1000; m++) {
        for (const step of [m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
          -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))]) {
          d = 1 / notZero(1 + step * d);
          c = notZero(1 + step / c);
          fraction *= d * c;
        }
        if (Math.abs(d * c - 1) < 1e-15) break;
      }
      return fraction;
    };
    // The probability outside ±t, and the t that 95 % lie within.
    const outside = (t, freedom) => {
      const [x, a, b] = [freedom / (freedom + t * t), freedom / 2, 0.5];
      if (x === 1) return 1;
      const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
      return x < (a + 1) / (a + b + 2) ? front * betaFraction(x, a, b) / a : 1 - front * betaFraction(1 - x, b, a) / b;
    };
    const studentT = freedom => {
      let low = 0, high = 1;
      while (outside(high, freedom) > 0.05) high *= 2;
      for (let step = 0; step < 100; step++) {
        const middle = (low + high) / 2;
        if (outside(middle, freedom) > 0.05) low = middle; else high = middle;
      }
      return (low + high) / 2;
    };
    // Independent means of logarithms with their standard errors; the degrees of freedom are Satterthwaite's.
    const weightedMean = (ratios, weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      if (!(total > 0)) return null;
      let mean = 0, variance = 0, spread = 0, least = 1e6;
      ratios.forEach(([ratio, error, freedom], place) => {
        const share = weights[place] / total;
        if (!share) return;
        const part = (share * error) ** 2;
        mean += share * ratio;
        variance += part;
        spread += part * part / freedom;
        least = Math.min(least, freedom);
      });
      const freedom = spread > 0 ? Math.min(variance * variance / spread, 1e6) : least;
      const reach = variance > 0 ? studentT(freedom) * Math.sqrt(variance) : 0;
      return { ratio: Math.exp(mean), low: Math.exp(mean - reach), high: Math.exp(mean + reach) };
    };
    const significant = (value, digits) => {
      const rounded = Number(value.toPrecision(digits));
      const decimals = Math.min(100, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded)))));
      return rounded.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    };
    const ratioText = value => !Number.isFinite(value) ? '' : value === 0 ? '0'
      : value >= 9.995 ? significant(value, 3) : value < 0.1 ? significant(value, 2) : value.toFixed(2);
    const withInterval = mean => mean ? `${ratioText(mean.ratio)}× (${ratioText(mean.low)} to ${ratioText(mean.high)})` : '–';

    const data = document.getElementById('standing-data');
    if (data) {
      const { scenarios, ratios, presets } = JSON.parse(data.textContent);
      const [headRow, ...rows] = all('#weights tr');
      const yours = rows.map(row => make('td', { className: 'n' }));
      headRow.cells[0].after(make('th', { scope: 'col', className: 'n' }, 'Yours'));
      rows.forEach((row, place) => row.cells[0].after(yours[place]));
      const inputs = scenarios.map(name => make('input', { type: 'number', min: 0, max: 1000, step: 'any', autocomplete: 'off' }));
      const weights = () => inputs.map(input => Math.min(1000, Math.max(0, Number(input.value) || 0)));
      const buttons = presets.map(preset => make('button', { type: 'button' }, preset.title));
      const show = () => {
        const own = weights();
        yours.forEach((cell, place) => { cell.textContent = withInterval(weightedMean(ratios[place], own)); });
        buttons.forEach((button, place) => {
          button.setAttribute('aria-pressed', presets[place].weights.every((one, at) => one === own[at]));
        });
        // The rows may be sorted by what has changed.
        dispatchEvent(new Event('weighted'));
      };
      const set = weights => { inputs.forEach((input, place) => { input.value = weights[place] ?? 1; }); show(); };
      buttons.forEach((button, place) =>
        button.addEventListener('click', () => { set(presets[place].weights); writeLink(); }));
      for (const input of inputs) input.addEventListener('input', () => { show(); writeLink(); });
      data.before(make('div', { className: 'tools' },
        make('fieldset', {}, make('legend', {}, 'Your weights'), ...buttons,
          ...scenarios.map((name, place) => make('label', {}, name + ' ', inputs[place])))));
      choices.push({
        write: kept => { if (weights().some(weight => weight !== 1)) kept.set('weights', weights().join()); },
        read: kept => set(kept.has('weights') ? kept.get('weights').split(',').map(text => Number(text) || 0) : [])
      });
      set([]);
    }

    """#
}
