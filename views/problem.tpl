% # problem
% rebase("layout.tpl", title="Sorry", page="plain")
<main class="narrow">
  <h1>Sorry</h1>
  <p role="alert">{{_(problem)}}</p>
  <p><a href="/">Go to the start</a></p>
</main>
