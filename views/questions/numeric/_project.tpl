% # question, before its results are shown
<p class="cover">{{_("Type a number on your phone, in {unit}", unit=question["options"]["unit"]) if question["options"]["unit"] else _("Type a number on your phone")}}</p>
