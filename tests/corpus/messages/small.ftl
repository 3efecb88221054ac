title = Report
share = { $share ->
    [one] one
   *[other] { NUMBER($share) }
}
-brand = Karat
name = { -brand }
    .short = { name }
