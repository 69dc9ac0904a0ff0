% # problem
% rebase("layout.tpl", title="Sorry", page="plain")
<main class="narrow">
  <h1>Sorry</h1>
  <p role="alert">{{problem}}</p>
  <p><a href="/">Go to the start</a></p>
</main>
