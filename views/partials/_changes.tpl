% # question, changes: what list_changes gives
% paired = changes["n"]
<section class="changes">
  % if paired < PAIRED_MIN:
  <p>{{_("Fewer than {count} students voted in both rounds, so their changes are not shown.", count=PAIRED_MIN)}}</p>
  % else:
  <p>{{_("{changed} of the {count} students who voted in both rounds changed their answer.", changed=changes["changed"], count=paired)}}</p>
  % if "right_right" in changes:
  <table class="paired">
    <caption class="visually-hidden">{{_("Correct before and after, of {count} students", count=paired)}}</caption>
    <thead><tr><td></td><th scope="col">Correct after</th><th scope="col">Not correct after</th></tr></thead>
    <tbody>
      % for heading, names in (("Correct before", ("right_right", "right_wrong")), ("Not correct before", ("wrong_right", "wrong_wrong"))):
      <tr>
        <th scope="row">{{_(heading)}}</th>
        % for name in names:
        <td><b>{{changes[name]}}</b> <small>{{_("{percent} %", percent=changes["shares"][name])}}</small></td>
        % end
      </tr>
      % end
    </tbody>
  </table>
  % end
  % if changes["moves"]:
  <ul class="list">
    % for move in changes["moves"]:
    <li><span><bdi dir="auto">{{cut_text(move["before"], 100)}}</bdi> <span role="img" aria-label="to">→</span> <bdi dir="auto">{{cut_text(move["after"], 100)}}</bdi></span> <b>{{move["count"]}}</b></li>
    % end
    % if changes["more"]:
    <li>{{_("and {count} more", count=changes["more"])}}</li>
    % end
  </ul>
  % end
  % end
</section>
