// Uploads as the Service Fabric .NET HTTP client does (Extensions/ImageStoreClient.cs of microsoft/service-fabric-client-dotnet):
// the same URLs and headers, chunks in parallel, a commit only when no chunk failed, and no session is ever deleted.
// Each line of standard input is one upload: STORE-PATH SESSION-ID CHUNKS [BEGIN]. With BEGIN nothing is committed. The line
// DISPOSE disposes the client.
using System;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading.Tasks;

internal static class Program
{
    private const int ChunkBytes = 4096;
    private static readonly string Cluster = Environment.GetEnvironmentVariable("CLUSTER");

    private static async Task<int> Main(string[] arguments)
    {
        var handler = new UploadSessionHandler(
            new Uri(Environment.GetEnvironmentVariable("APP")), Environment.GetEnvironmentVariable("KEY"), "pipeline \"7\" \\ ü")
        {
            Log = line => Console.WriteLine("log: " + line),
        };
        Configure(handler);
        handler.InnerHandler = new HttpClientHandler();
        var client = new HttpClient(handler, true);
        client.DefaultRequestHeaders.ExpectContinue = true;
        if (Environment.GetEnvironmentVariable("CLIENT_TIMEOUT_MS") is string timeout)
        {
            client.Timeout = TimeSpan.FromMilliseconds(int.Parse(timeout));
        }

        for (var line = Console.ReadLine(); line != null; line = Console.ReadLine())
        {
            if (line == "DISPOSE")
            {
                client.Dispose();
                continue;
            }

            try
            {
                await UploadAsync(client, line.Split(' '));
                Console.WriteLine("done: " + line);
            }
            catch (Exception error)
            {
                Console.WriteLine("failed: " + line + ": " + error.Message);
                if (arguments.Contains("crash"))
                {
                    throw;
                }
            }
        }

        return 0;
    }

    private static void Configure(UploadSessionHandler handler)
    {
        TimeSpan? Setting(string name) =>
            Environment.GetEnvironmentVariable(name) is string text ? TimeSpan.FromMilliseconds(int.Parse(text)) : (TimeSpan?)null;
        handler.Timeout = Setting("HANDLER_TIMEOUT_MS") ?? handler.Timeout;
        handler.DeleteFailedAfter = Setting("DELETE_FAILED_AFTER_MS") ?? handler.DeleteFailedAfter;
        handler.HeartbeatEvery = Setting("HEARTBEAT_EVERY_MS") ?? handler.HeartbeatEvery;
    }

    private static async Task UploadAsync(HttpClient client, string[] upload)
    {
        var chunks = int.Parse(upload[2]);
        await Task.WhenAll(Enumerable.Range(0, chunks).Select(chunk => SendAsync(client, ChunkOf(upload, chunk, chunks))));
        if (upload.Length == 3)
        {
            await SendAsync(client, new HttpRequestMessage(HttpMethod.Post, $"{Cluster}/ImageStore/$/CommitUploadSession?session-id={upload[1]}&timeout=60&api-version=6.0"));
        }
    }

    private static HttpRequestMessage ChunkOf(string[] upload, int chunk, int chunks)
    {
        var url = $"{Cluster}/ImageStore/{Uri.EscapeDataString(upload[0])}/$/UploadChunk?session-id={upload[1]}&timeout=60&api-version=6.0";
        var content = new ByteArrayContent(new byte[ChunkBytes]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/octet-stream");
        // The last chunk of an upload that only begins is missing.
        var size = (upload.Length == 3 ? chunks : chunks + 1) * ChunkBytes;
        content.Headers.ContentRange = new ContentRangeHeaderValue(chunk * ChunkBytes, ((chunk + 1) * ChunkBytes) - 1, size);
        return new HttpRequestMessage(HttpMethod.Put, url) { Content = content };
    }

    private static async Task SendAsync(HttpClient client, HttpRequestMessage request)
    {
        request.Headers.Add("X-ServiceFabricRequestId", $"{Guid.NewGuid()}:{Guid.NewGuid()}");
        request.Headers.Add("X-ServiceFabricClientType", "ClientLib-Linux");
        using (var response = await client.SendAsync(request))
        {
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"The cluster answered {(int)response.StatusCode}.");
            }
        }
    }
}
