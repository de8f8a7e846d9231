@description('Name of the existing vault.')
param vaultName string
@description('Name of the existing secret.')
param secretName string
@description('Object id of the identity of the app.')
param principalId string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName

  resource secret 'secrets' existing = {
    name: secretName
  }
}

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

// At the secret, not at the vault: the app can read this one secret and no other.
resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault::secret.id, principalId, keyVaultSecretsUser)
  scope: vault::secret
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}
