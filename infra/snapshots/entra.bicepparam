using '../main.bicep'

param environmentName = 'sweeper-entra'
param location = 'westeurope'
param tags = { owner: 'platform' }
param clusterEndpoints = 'https://cluster.example.com:19080'
param authentication = 'entra'
param entraScope = '6f9619ff-8b86-d011-b42d-00c04fc964ff'
param serverThumbprints = '0123456789abcdef0123456789abcdef01234567'
param sweepEveryPause = '1h'
param sessionShards = 16
param sweepFanOut = true
param moreSettings = { SWEEP_LIMIT: '5000' }
param alertEmail = 'operators@example.com'
param freeDiskPercent = 25
param appSubnetId = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-cluster/subnets/snet-sweeper'
param privateEndpointSubnetId = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-cluster/subnets/snet-endpoints'
param dnsZoneBlobId = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-network/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net'
param dnsZoneQueueId = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-network/providers/Microsoft.Network/privateDnsZones/privatelink.queue.core.windows.net'
param dnsZoneTableId = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-network/providers/Microsoft.Network/privateDnsZones/privatelink.table.core.windows.net'
param dnsZoneSitesId = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-network/providers/Microsoft.Network/privateDnsZones/privatelink.azurewebsites.net'
param publicInbound = false
