-- Run by .ci/check-lsp in Neovim: opens a rule and asks for what a user would. Speaks of what is not as expected, and
-- ends with exit code 1 then.
local failed = false

local function check(what, holds, got)
  if not holds then
    failed = true
    io.stdout:write(('%s: %s\n'):format(what, vim.inspect(got)))
  end
end

local function run()
  vim.cmd('edit rules/rule.yaml')
  local config = dofile(vim.env.EDITORS .. '/nvim/lsp/picket.lua')
  config.name, config.root_dir = 'picket', vim.fn.getcwd()
  if vim.lsp.start then
    vim.lsp.start(config)
  else
    vim.lsp.buf_attach_client(0, vim.lsp.start_client(config))
  end

  local function find(text, delta)
    for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
      local column = line:find(text, 1, true)
      if column then return { line = number - 1, character = column - 1 + (delta or 0) } end
    end
    error('not in the rule: ' .. text)
  end
  local document = { uri = vim.uri_from_bufnr(0) }
  local function ask(method, parameters)
    parameters.textDocument = document
    local answers, problem = vim.lsp.buf_request_sync(0, method, parameters, 10000)
    for _, answer in pairs(answers or {}) do
      check(method .. ' has no error', answer.error == nil, answer.error)
      return answer.result
    end
    check(method .. ' is answered', false, problem)
  end

  vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 20)
  local findings = vim.diagnostic.get(0)
  local misspelt = find('IPAddres)')
  check('the misspelt column is found', #findings == 1 and findings[1].lnum == misspelt.line
    and findings[1].col == misspelt.character and findings[1].code == 'KQ142', findings)

  local completion = ask('textDocument/completion', { position = find('| where Failures', 2) })
  local labels = {}
  for _, item in ipairs(completion and (completion.items or completion) or {}) do labels[item.label] = true end
  check('operators are completed behind a pipe', labels.where and labels.summarize, labels)

  local hover = ask('textDocument/hover', { position = find('  SigninLogs', 3) })
  check('hover names the table', hover and vim.inspect(hover.contents):find('SigninLogs', 1, true), hover)

  local found = ask('textDocument/definition', { position = find('>threshold', 2) })
  local target = found and (found[1] or found)
  local place = target and (target.targetSelectionRange or target.range).start
  check('the definition of a let is its name', vim.deep_equal(place, find('let threshold', 4)), found)

  local edit = ask('textDocument/rename', { position = find('Failures = count', 1), newName = 'Failed' })
  check('rename answers with an edit', edit ~= nil, edit)
  if edit then vim.lsp.util.apply_workspace_edit(edit, 'utf-16') end
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  for _, part in ipairs({ 'Failed = count()', 'where Failed>threshold', 'Count: Failed' }) do
    check('rename changes ' .. part, text:find(part, 1, true), text)
  end

  local edits = ask('textDocument/formatting', { options = { tabSize = 2, insertSpaces = true } })
  if edits then vim.lsp.util.apply_text_edits(edits, 0, 'utf-16') end
  text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  check('formatting spaces operators', text:find('Failed > threshold + 1', 1, true), text)

  -- What the editor writes must leave the server with the text that the editor has.
  vim.api.nvim_buf_set_text(0, misspelt.line, 0, misspelt.line, 0, { '' })
  local fixed = find('IPAddres)', #'IPAddres')
  vim.api.nvim_buf_set_text(0, fixed.line, fixed.character, fixed.line, fixed.character, { 's' })
  vim.wait(20000, function() return #vim.diagnostic.get(0) == 0 end, 20)
  check('the finding goes when it is mended', #vim.diagnostic.get(0) == 0, vim.diagnostic.get(0))
end

local ok, problem = pcall(run)
check('the script runs', ok, problem)
if not failed then io.stdout:write('Neovim: findings, completion, hover, definition, rename and formatting are right\n') end
io.stdout:flush()
vim.cmd(failed and 'cquit 1' or 'qall!')
