# Installs and removes the .msi as one user does, on Windows. Untried so far: the release workflow runs it.
#   installers/windows/test.ps1 MSI VERSION
param([Parameter(Mandatory)][string] $Msi, [Parameter(Mandatory)][string] $Version)
$ErrorActionPreference = 'Stop'
$folder = Join-Path $env:LOCALAPPDATA 'Programs\Hivedeck'

function Invoke-Msi([string[]] $Words) {
  $process = Start-Process msiexec.exe -ArgumentList ($Words + '/qn', '/norestart') -Wait -PassThru
  if ($process.ExitCode -ne 0) { throw "msiexec $Words ended with $($process.ExitCode)" }
}

function Assert-That([bool] $Holds, [string] $What) {
  if (-not $Holds) { throw "FAILED  $What" }
  Write-Output "  ok      $What"
}

$path = (Resolve-Path $Msi).Path
Invoke-Msi '/i', "`"$path`""
Assert-That (Test-Path (Join-Path $folder 'hivedeck.exe')) 'it is installed for this user'
$command = (Get-Item 'HKCU:\Software\Classes\hivedeck\shell\open\command').GetValue('')
Assert-That ($command -like "*$folder*hivedeck.exe*") 'links are its own'
$command = (Get-Item 'HKCU:\Software\Classes\Directory\shell\hivedeck\command').GetValue('')
Assert-That ($command -like "*$folder*hivedeck.exe*") 'folders can be opened with it'
$menu = Join-Path $env:APPDATA 'Microsoft\Windows\Start Menu\Programs\Hivedeck.lnk'
Assert-That (Test-Path $menu) 'it is in the menu'
& bash installers/try (Join-Path $folder 'hivedeck-console.exe') $Version
Assert-That ($LASTEXITCODE -eq 0) 'it works'
Invoke-Msi '/x', "`"$path`""
Assert-That (-not (Test-Path $folder)) 'it is removed'
Assert-That (-not (Test-Path 'HKCU:\Software\Classes\hivedeck')) 'links are nobody''s'
Assert-That (-not (Test-Path 'HKCU:\Software\Classes\Directory\shell\hivedeck')) 'folders are not offered to it'
Assert-That (-not (Test-Path $menu)) 'it is in no menu'
