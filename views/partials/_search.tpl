% # label: what is searched; the field works on each [data-list] of the page, with static/js/list.js
<div data-search hidden>
  <p class="field"><label for="search">{{_(label)}}</label> <input id="search" type="search" autocomplete="off"></p>
  <p class="empty" role="status" data-none></p>
</div>
