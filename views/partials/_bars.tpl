% # the brand: the icon's four bars
<span class="bars" aria-hidden="true"><i data-key="A"></i><i data-key="B"></i><i data-key="C"></i><i data-key="D"></i></span>
