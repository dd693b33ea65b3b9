mark='<!-- picket comment -->'
comments="repos/$REPOSITORY/issues/$NUMBER/comments"
filter=".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$mark\"))) | .id"
earlier=$(gh api --paginate "$comments" --jq "$filter" | head -n 1)
if [ -n "$earlier" ]; then
  gh api --method PATCH "repos/$REPOSITORY/issues/comments/$earlier" --field "body=@$RUNNER_TEMP/comment.md" --silent
else
  gh api --method POST "$comments" --field "body=@$RUNNER_TEMP/comment.md" --silent
fi
