using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

/// <summary>
/// Registers the image store upload sessions of an HTTP client with upload-session-sweeper, and deletes them when they are
/// no longer needed. For the Service Fabric .NET HTTP client (Microsoft.ServiceFabric.Client.Http), and for any HttpClient
/// that uploads chunks. Copy this file into your project: it needs no package, C# 7.3 and .NET Standard 2.0 or later.
/// </summary>
/// <remarks>
/// It registers a session before its first chunk, and sends a heartbeat from time to time. It deletes the session after a
/// successful commit, because a commit leaves the staged copy on the cluster's disks. It deletes it, too, when a chunk or the
/// commit failed and nothing more was sent for <see cref="DeleteFailedAfter"/>, or the client is disposed, or the process
/// exits. Whatever it cannot delete is left to the sweep.
///
/// Nothing that goes wrong here fails an upload: it is logged, and the upload goes on.
/// </remarks>
public sealed class UploadSessionHandler : DelegatingHandler
{
    // A client of its own: the cluster's credentials are not for the app, and the app's key is not for whom it redirects to.
    private static readonly HttpClient App =
        new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };

    private static readonly Regex SessionId = new Regex("[?&]session-id=([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})(?:&|$)");

    // An app that does not answer well costs an upload one call in this time, not one for each chunk.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Session> sessions = new Dictionary<string, Session>();
    private readonly CancellationTokenSource disposing = new CancellationTokenSource();
    private readonly SemaphoreSlim deletions = new SemaphoreSlim(8);
    private readonly Uri sessionsOfApp;
    private readonly string key;
    private readonly string owner;
    private bool keyMayDelete = true;
    private DateTime appSilentUntil = DateTime.MinValue;

    /// <param name="app">The app's address, such as https://APP.azurewebsites.net.</param>
    /// <param name="key">A function key of the app. One for registering only is enough: the handler then deletes sessions on the
    /// cluster with the upload's own credentials, and the sweep removes their rows.</param>
    /// <param name="owner">Who uploads, such as the pipeline's run; the app can sweep by it. At most 256 characters.</param>
    /// <exception cref="ArgumentException">The address or the owner cannot be used.</exception>
    public UploadSessionHandler(Uri app, string key, string owner = null)
    {
        if (app == null || !app.IsAbsoluteUri || !app.Scheme.StartsWith("http", StringComparison.Ordinal))
        {
            throw new ArgumentException("Must be an absolute address, such as https://APP.azurewebsites.net.", nameof(app));
        }

        if (owner != null && !IsText(owner, 256))
        {
            throw new ArgumentException("Must be 1 to 256 characters, not blank and without control characters.", nameof(owner));
        }

        this.sessionsOfApp = new Uri(app, "/api/upload-sessions/");
        this.key = key?.Trim();
        this.owner = owner;
    }

    /// <summary>How often a heartbeat is sent while chunks are. Keep it well below the app's STALE_AFTER.</summary>
    public TimeSpan HeartbeatEvery { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a chunk waits for the registration, and a commit for the deletion, at most. Keep it well below the
    /// timeout of the client, which counts from the beginning of this wait.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an upload with a failed chunk or commit must be silent before its session is deleted. The Service Fabric client
    /// never sends a failed chunk again. If your code does, make this longer than its pauses.
    /// </summary>
    public TimeSpan DeleteFailedAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Receives one line for each failure. Default: a warning in System.Diagnostics.Trace.</summary>
    public Action<string> Log { get; set; } = line => Trace.TraceWarning(line);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri.AbsolutePath;
        var id = SessionId.Match(request.RequestUri.Query).Groups[1].Value.ToLowerInvariant();
        var isChunk = request.Method == HttpMethod.Put && path.EndsWith("/$/UploadChunk", StringComparison.Ordinal);
        var isCommit = request.Method == HttpMethod.Post && path.EndsWith("/$/CommitUploadSession", StringComparison.Ordinal);
        var isDelete = request.Method == HttpMethod.Delete && path.EndsWith("/$/DeleteUploadSession", StringComparison.Ordinal);
        if (id.Length == 0 || !(isChunk || isCommit || isDelete))
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var session = await this.BeginRequestAsync(id, request, cancellationToken).ConfigureAwait(false);
        var range = request.Content?.Headers.ContentRange?.ToString() ?? string.Empty;
        if (isChunk)
        {
            await this.WaitAsync(this.Register(session), cancellationToken).ConfigureAwait(false);
        }

        HttpResponseMessage response = null;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Without an answer a chunk counts as failed. A commit without one may still be running, so that is left to the sweep.
            if (response == null)
            {
                this.EndRequest(session, isChunk ? range : null);
            }
        }

        if (isChunk)
        {
            var arrived = response.IsSuccessStatusCode || await this.SaysAsync(response, "FABRIC_E_UPLOAD_SESSION_RANGE_NOT_SATISFIABLE").ConfigureAwait(false);
            // The id belongs to another file's upload, which must not be deleted.
            var isForeign = !arrived && await this.SaysAsync(response, "FABRIC_E_UPLOAD_SESSION_ID_CONFLICT").ConfigureAwait(false);
            this.EndRequest(session, arrived || isForeign ? null : range, arrived ? range : null);
        }
        else if (response.IsSuccessStatusCode)
        {
            // With its answer read to the end, a commit succeeds even if the caller stops waiting during the deletion.
            await this.SaysAsync(response, string.Empty).ConfigureAwait(false);
            this.EndRequest(session, null);
            await this.WaitAsync(this.DeleteAsync(session), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // 400: the session misses chunks. After any other answer the commit may still be running.
            this.EndRequest(session, isCommit && response.StatusCode == HttpStatusCode.BadRequest ? "commit" : null);
        }

        return response;
    }

    protected override void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            this.DeleteFailedNow();
        }

        base.Dispose(isDisposing);
    }

    /// <summary>The client or the process ends, so that no further chunk can come.</summary>
    private void DeleteFailedNow()
    {
        Task[] deletions;
        lock (this.sessions)
        {
            if (this.disposing.IsCancellationRequested)
            {
                return;
            }

            this.disposing.Cancel();
            deletions = this.sessions.Values.Where(one => one.Failed.Count > 0).Select(this.DeleteAsync).ToArray();
        }

        Task.WaitAll(deletions, this.Timeout);
    }

    private async Task<Session> BeginRequestAsync(string id, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task deletion;
            lock (this.sessions)
            {
                if (!this.sessions.TryGetValue(id, out var session))
                {
                    session = this.sessions[id] = new Session(id);
                }

                deletion = session.Deletion;
                if (deletion == null || cancellationToken.IsCancellationRequested)
                {
                    session.Requests += 1;
                    session.UnderWay += 1;
                    session.Cluster = request.RequestUri;
                    session.Authorization = request.Headers.Authorization;
                    session.Path = PathOf(request.RequestUri) ?? session.Path;
                    return session;
                }
            }

            await this.WaitAsync(deletion, cancellationToken).ConfigureAwait(false);
        }
    }

    private void EndRequest(Session session, string failed, string arrived = null)
    {
        lock (this.sessions)
        {
            session.UnderWay -= 1;
            if (arrived != null)
            {
                session.Failed.Remove(arrived);
            }

            if (failed != null)
            {
                session.Failed.Add(failed);
            }

            if (session.UnderWay == 0 && session.Failed.Count > 0 && session.Deletion == null)
            {
                _ = this.DeleteWhenSilentAsync(session, session.Requests);
            }
        }
    }

    private async Task DeleteWhenSilentAsync(Session session, int requests)
    {
        EventHandler onExit = (sender, e) => this.DeleteFailedNow();
        UnhandledExceptionEventHandler onCrash = (sender, e) => this.DeleteFailedNow();
        AppDomain.CurrentDomain.ProcessExit += onExit;
        AppDomain.CurrentDomain.UnhandledException += onCrash;
        try
        {
            await Task.Delay(this.DeleteFailedAfter, this.disposing.Token).ConfigureAwait(false);
            lock (this.sessions)
            {
                if (session.Requests != requests || session.Failed.Count == 0)
                {
                    return;
                }

                _ = this.DeleteAsync(session);
            }
        }
        catch (OperationCanceledException)
        {
            // DeleteFailedNow has begun.
        }
        finally
        {
            AppDomain.CurrentDomain.ProcessExit -= onExit;
            AppDomain.CurrentDomain.UnhandledException -= onCrash;
        }
    }

    /// <summary>Registers the session, or sends its heartbeat when one is due. The first chunks wait for it, later ones do not.</summary>
    private Task Register(Session session)
    {
        lock (this.sessions)
        {
            var now = DateTime.UtcNow;
            if (session.RegisteredAt != null && now - session.RegisteredAt < this.HeartbeatEvery)
            {
                return session.IsRegistered ? Task.CompletedTask : session.Registration;
            }

            if (now < this.appSilentUntil)
            {
                return Task.CompletedTask;
            }

            session.RegisteredAt = now;
            var members = new[] { Member("storeRelativePath", session.Path), Member("owner", this.owner) };
            var body = "{" + string.Join(",", members.Where(member => member != null)) + "}";
            session.Registration = RegisterAsync();
            return session.IsRegistered ? Task.CompletedTask : session.Registration;

            async Task RegisterAsync()
            {
                var status = await this.AskAppAsync(HttpMethod.Put, session.Id, body).ConfigureAwait(false);
                lock (this.sessions)
                {
                    if (status == HttpStatusCode.OK || status == HttpStatusCode.Created)
                    {
                        session.IsRegistered = true;
                    }
                    else
                    {
                        session.RegisteredAt = null;
                        this.appSilentUntil = DateTime.UtcNow + Pause;
                    }
                }
            }
        }
    }

    private Task DeleteAsync(Session session)
    {
        lock (this.sessions)
        {
            return session.Deletion ?? (session.Deletion = Task.Run(WorkAsync));
        }

        async Task WorkAsync()
        {
            // A heartbeat that arrives after the deletion would register the session again.
            await session.Registration.ConfigureAwait(false);
            await this.deletions.WaitAsync().ConfigureAwait(false);
            try
            {
                if (!await this.DeleteThroughAppAsync(session).ConfigureAwait(false))
                {
                    await this.DeleteOnClusterAsync(session).ConfigureAwait(false);
                }
            }
            finally
            {
                this.deletions.Release();
            }

            lock (this.sessions)
            {
                this.sessions.Remove(session.Id);
            }
        }
    }

    /// <summary>Deletes the session on the cluster, removes its row, and records how it ended.</summary>
    private async Task<bool> DeleteThroughAppAsync(Session session)
    {
        if (!this.keyMayDelete || DateTime.UtcNow < this.appSilentUntil)
        {
            return false;
        }

        var status = await this.AskAppAsync(HttpMethod.Delete, session.Id, null).ConfigureAwait(false);
        this.keyMayDelete = status != HttpStatusCode.Unauthorized && status != HttpStatusCode.Forbidden;
        return status == HttpStatusCode.OK;
    }

    /// <summary>Deletes the session with the upload's own credentials. The sweep finds it gone and removes its row.</summary>
    private async Task DeleteOnClusterAsync(Session session)
    {
        // With a timeout of 5 seconds or less, the gateway does not repeat the DELETE later by itself.
        var query = "?api-version=6.0&timeout=5&session-id=" + session.Id;
        try
        {
            using (var patience = new CancellationTokenSource(this.Timeout))
            using (var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(session.Cluster, "/ImageStore/$/DeleteUploadSession" + query)))
            {
                request.Headers.Authorization = session.Authorization;
                using (var response = await base.SendAsync(request, patience.Token).ConfigureAwait(false))
                {
                    if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NotFound)
                    {
                        this.Warn($"The cluster answered {(int)response.StatusCode} to the deletion of upload session {session.Id}. It is left to the sweep.");
                    }
                }
            }
        }
        catch (Exception error)
        {
            this.Warn($"Upload session {session.Id} could not be deleted ({error.Message}) and is left to the sweep.");
        }
    }

    /// <returns>The app's answer; 0: there was none.</returns>
    private async Task<HttpStatusCode> AskAppAsync(HttpMethod method, string id, string body)
    {
        string failure;
        try
        {
            using (var patience = new CancellationTokenSource(this.Timeout))
            using (var request = new HttpRequestMessage(method, new Uri(this.sessionsOfApp, id)))
            {
                if (!string.IsNullOrEmpty(this.key))
                {
                    request.Headers.TryAddWithoutValidation("x-functions-key", this.key);
                }

                request.Content = body == null ? null : new StringContent(body, Encoding.UTF8, "application/json");
                using (var response = await App.SendAsync(request, patience.Token).ConfigureAwait(false))
                {
                    if (!response.IsSuccessStatusCode)
                    {
                        this.Warn($"The app answered {(int)response.StatusCode} to {method} of upload session {id}.");
                    }

                    return response.StatusCode;
                }
            }
        }
        catch (OperationCanceledException)
        {
            failure = "no answer in time";
        }
        catch (Exception error)
        {
            failure = error.Message;
        }

        this.appSilentUntil = DateTime.UtcNow + Pause;
        this.Warn($"The app could not be asked to {method} upload session {id}: {failure}.");
        return 0;
    }

    /// <summary>Waits until the work is done, but no longer than the timeout, and not for a caller that has stopped waiting.</summary>
    private async Task WaitAsync(Task work, CancellationToken cancellationToken)
    {
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            patience.CancelAfter(this.Timeout);
            await Task.WhenAny(work, Task.Delay(System.Threading.Timeout.Infinite, patience.Token)).ConfigureAwait(false);
            patience.Cancel();
        }
    }

    private async Task<bool> SaysAsync(HttpResponseMessage response, string code)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync().ConfigureAwait(false);
            return (await response.Content.ReadAsStringAsync().ConfigureAwait(false)).Contains(code);
        }
        catch (Exception)
        {
            // The client meets the same trouble when it reads the answer.
            return false;
        }
    }

    private void Warn(string line)
    {
        try
        {
            this.Log?.Invoke(line);
        }
        catch (Exception)
        {
            // A log that fails must not fail the upload.
        }
    }

    private static string PathOf(Uri uri)
    {
        var match = Regex.Match(uri.AbsolutePath, "/ImageStore/(.+)/\\$/UploadChunk$");
        var path = match.Success ? Uri.UnescapeDataString(match.Groups[1].Value) : null;
        return path != null && IsText(path, 1000) ? path : null;
    }

    private static bool IsText(string text, int most) => !string.IsNullOrWhiteSpace(text) && text.Length <= most && !text.Any(char.IsControl);

    private static string Member(string name, string text) =>
        text == null ? null : $"\"{name}\":\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private sealed class Session
    {
        public Session(string id) => this.Id = id;

        public string Id { get; }

        public string Path { get; set; }

        /// <summary>The last request to the cluster: where and how a deletion is asked for.</summary>
        public Uri Cluster { get; set; }

        public AuthenticationHeaderValue Authorization { get; set; }

        public int Requests { get; set; }

        public int UnderWay { get; set; }

        /// <summary>The ranges that failed and did not arrive later, and whether the commit was refused.</summary>
        public HashSet<string> Failed { get; } = new HashSet<string>();

        public DateTime? RegisteredAt { get; set; }

        public bool IsRegistered { get; set; }

        /// <summary>Never fails.</summary>
        public Task Registration { get; set; } = Task.CompletedTask;

        /// <summary>Never fails.</summary>
        public Task Deletion { get; set; }
    }
}
