% # form, field: below the field, what of its formulas can't be shown; lib/keys.js keeps it up to date
<span class="hint" role="status" id="unreadable-{{field}}" data-unreadable>{{format_unreadable(form, field)}}</span>
