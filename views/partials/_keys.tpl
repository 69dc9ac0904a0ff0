% # keys for the text field with the focus (lib/keys.js), and what means something in a text
<div class="sign-keys" role="toolbar" aria-label="Formulas, code and signs" aria-keyshortcuts="Alt+F10" data-signs hidden>
  <button type="button" class="quiet" data-mark="$">Formula</button>
  <button type="button" class="quiet" data-mark="`">Code</button>
  % for sign, shown, name in (("²", "x²", "Squared"), ("³", "x³", "Cubed"), ("√", "√", "Square root"), ("π", "π", "Pi"), ("Δ", "Δ", "Delta"), ("→", "→", "Arrow"), ("≤", "≤", "Less than or equal to"), ("≥", "≥", "Greater than or equal to"), ("≈", "≈", "Approximately"), ("°", "°", "Degrees"), ("·", "·", "Times"), ("½", "½", "One half")):
  <button type="button" class="quiet" data-sign="{{sign}}" aria-label="{{_(name)}}">{{shown}}</button>
  % end
</div>
<details class="sign-help">
  <summary>Help <span class="visually-hidden">with formulas and code</span></summary>
  <p class="hint">Formulas are TeX between dollar signs: <code>$\frac{1}{2}mv^2$</code>, <code>$\sqrt{x}$</code>, <code>$\ce{2H2 + O2 -> 2H2O}$</code>. Code stands between backticks: <code>`x += 1`</code>. Several lines of code stand between two lines of three backticks: <code>```</code>. Prices such as $5 stay as they are, and <code>\$</code> is always a dollar sign.<span data-shortcut hidden> Alt+F10 leads to these keys, Escape back to the text.</span></p>
</details>
