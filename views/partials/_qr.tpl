% # text: what it encodes, label
% qr = qr_code(text)
<svg class="qr" viewBox="0 0 {{qr["size"]}} {{qr["size"]}}" role="img" aria-label="{{label}}" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path d="{{qr["path"]}}" stroke="#000"/></svg>
