@export()
@description('How the app authenticates to the cluster.')
type clusterAuth = 'none' | 'certificate' | 'entra'

@export()
@description('How the app reaches the Service Fabric cluster, and how it recognizes it. The member names are those of the app settings.')
type clusterAccess = {
  endpoints: string
  name: string
  auth: clusterAuth
  @description('With auth certificate: the resource id of an existing secret, which may be the secret of a Key Vault certificate.')
  certificateResourceId: string
  entraScope: string
  ca: string
  serverThumbprints: string
  serverCommonNames: string
  serverIssuerThumbprints: string
  clusterId: string
}

@export()
@description('Existing network parts. An empty text means that there is none.')
type networkAccess = {
  @description('Resource id of a subnet delegated to Microsoft.App/environments, /27 or larger.')
  appSubnetId: string
  @description('Resource id of a subnet for private endpoints.')
  privateEndpointSubnetId: string
  dnsZoneBlobId: string
  dnsZoneQueueId: string
  dnsZoneTableId: string
  dnsZoneSitesId: string
  @description('Whether the app answers HTTP calls from the internet; they need a function key either way.')
  publicInbound: bool
}

@export()
@description('When the app sweeps, and what it then does.')
type sweepOptions = {
  @description('The longest pause between two scheduled sweeps; a key of the table in schedules.bicep.')
  every: string
  @description('An NCRONTAB expression of six fields in place of the usual one for this pause.')
  schedule: string
  staleAfter: string
  shards: int
  concurrency: int
  fanOut: bool
  dryRun: bool
  maxAttempts: int
  outcomeRetention: string
}
