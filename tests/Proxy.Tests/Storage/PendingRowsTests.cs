using Framegate.Proxy.Store.Sqlite;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Storage;

public class PendingRowsTests
{
    [Fact]
    public void Undo_WhileAPassWritesIt_WhatWasThereBeforeStaysWhole()
    {
        var rows = new PendingRows();
        rows.Add(States.New("a") with { Revision = 1 }, States.Request("body"));
        var ended = rows.Set(States.Ended("a", GenerationPhase.Failed) with { Revision = 2 }, [], [], callBack: true);
        var written = rows.All();

        rows.Undo(ended);
        rows.Settle(written);

        var row = rows.Find("a")!;
        Assert.Equal((1, 0), (row.Revision, row.Callbacks));
        Assert.Equal("body", System.Text.Encoding.UTF8.GetString(row.Insert!.Body));
    }

    [Fact]
    public void Undo_WhatWasThereBeforeIsWrittenMeanwhile_NothingIsPending()
    {
        var rows = new PendingRows();
        rows.Add(States.New("a") with { Revision = 1 }, States.Request("body"));
        var written = rows.All();
        var ended = rows.Set(States.Ended("a", GenerationPhase.Failed) with { Revision = 2 }, [], [], callBack: true);

        rows.Settle(written);
        rows.Undo(ended);

        Assert.Null(rows.Find("a"));
    }

    [Fact]
    public void Settle_AnOlderVersionIsWritten_TheNewerStaysWithoutWhatWasWritten()
    {
        var rows = new PendingRows();
        rows.Add(States.New("a") with { Revision = 1 }, States.Request("body"));
        var written = rows.All();
        rows.Set(States.Ended("a", GenerationPhase.Failed) with { Revision = 2 }, [], [], callBack: true).Confirm();

        rows.Settle(written);

        var row = rows.Find("a")!;
        Assert.Equal((2, 1), (row.Revision, row.Callbacks));
        Assert.Null(row.Insert);
    }
}
