@description('Azure region.')
param location string
@description('Tags.')
param tags object
@description('Resource id of the existing subnet.')
param subnetId string
@description('Resource id of what the endpoints lead to.')
param targetId string
@description('Name of what the endpoints lead to.')
param targetName string
@description('One endpoint for each group, with the resource id of an existing DNS zone or an empty text.')
param groups { name: string, dnsZoneId: string }[]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-01-01' = [
  for group in groups: {
    name: 'pep-${targetName}-${group.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        {
          name: group.name
          properties: { privateLinkServiceId: targetId, groupIds: [group.name] }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-01-01' = [
  for (group, i) in groups: if (!empty(group.dnsZoneId)) {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: group.name, properties: { privateDnsZoneId: group.dnsZoneId } }]
    }
  }
]
