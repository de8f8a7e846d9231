<#
Uploads one file to the image store in chunks, with the session registered at upload-session-sweeper.

  $env:CLUSTER = 'https://mycluster:19080'; $env:APP = 'https://myapp.azurewebsites.net'; $env:KEY = '...'
  ./upload.ps1 web.zip Shop/Code/web.zip

For a secured cluster set CLUSTER_THUMBPRINT, the client certificate's in the store of the current user. It needs PowerShell 7.
The function key KEY may be one for registering only.
#>
param([Parameter(Mandatory)][string] $File, [Parameter(Mandatory)][string] $Path)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$chunkBytes = if ($env:CHUNK_BYTES) { [int] $env:CHUNK_BYTES } else { 25MB }
$session = [guid]::NewGuid().ToString()
$credentials = if ($env:CLUSTER_THUMBPRINT) { @{ CertificateThumbprint = $env:CLUSTER_THUMBPRINT } } else { @{} }

function Invoke-Cluster([string] $Method, [string] $Operation, [hashtable] $With = @{}, [string] $Query = '') {
  $uri = "$env:CLUSTER/ImageStore/$Operation`?api-version=6.0&session-id=$session$Query"
  Invoke-RestMethod -Method $Method -Uri $uri -TimeoutSec 300 @credentials @With | Out-Null
}

# Registers the session, and is its heartbeat later. When the app cannot be reached, the upload goes on.
function Register-Session {
  $owner = if ($env:OWNER) { $env:OWNER } else { [Environment]::MachineName }
  try {
    Invoke-RestMethod -Method Put -Uri "$env:APP/api/upload-sessions/$session" -TimeoutSec 10 -Headers @{ 'x-functions-key' = "$env:KEY" } `
      -ContentType 'application/json; charset=utf-8' -Body (@{ storeRelativePath = $Path; owner = $owner } | ConvertTo-Json) | Out-Null
  } catch {
    Write-Warning "The app did not accept upload session ${session}: $($_.Exception.Message)"
  }
}

# Without it the staged copy stays on the cluster's disks for about half an hour, even after a commit.
function Remove-Session {
  try {
    Invoke-Cluster Delete '$/DeleteUploadSession' -Query '&timeout=5'
  } catch {
    Write-Warning "Upload session $session was not deleted, the sweep will do it: $($_.Exception.Message)"
  }
}

"upload session $session"
Register-Session
$committing = $false
$source = [IO.File]::OpenRead((Resolve-Path $File))
try {
  $buffer = [byte[]]::new($chunkBytes)
  $urlPath = ($Path.Split('/') | ForEach-Object { [uri]::EscapeDataString($_) }) -join '/'
  for ($first = 0L; ($read = $source.Read($buffer, 0, $chunkBytes)) -gt 0; $first += $read) {
    $chunk = [byte[]]::new($read)
    [Array]::Copy($buffer, $chunk, $read)
    Invoke-Cluster Put "$urlPath/`$/UploadChunk" @{
      Body = $chunk
      ContentType = 'application/octet-stream'
      Headers = @{ 'Content-Range' = "bytes $first-$($first + $read - 1)/$($source.Length)" }
      SkipHeaderValidation = $true
    }
    Register-Session
  }
  $committing = $true
  Invoke-Cluster Post '$/CommitUploadSession'
  $committing = $false
  "committed $Path"
} finally {
  $source.Dispose()
  # A commit that failed may still run on the cluster, so its session is left to the sweep.
  if (-not $committing) { Remove-Session }
}
