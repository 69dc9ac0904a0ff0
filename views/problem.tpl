% # problem
% rebase("layout.tpl", title="Sorry", page="plain")
<main class="narrow">
  <p class="face">
  % include("partials/_bars.tpl")
  </p>
  <div role="alert"><h1>{{_(problem)}}</h1></div>
  <p><a class="button" href="/">Home</a></p>
</main>
