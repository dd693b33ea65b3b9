-- The server of picket for rules of Microsoft Sentinel and for KQL. Neovim 0.11 and later: copy this file to
-- ~/.config/nvim/lsp/ and say vim.lsp.enable('picket'). Earlier: see README.md in the folder above.
return {
  cmd = { 'picket', 'lsp' },
  filetypes = { 'yaml', 'kusto', 'kql' },
  root_markers = { 'picket.toml', '.git' },
}
