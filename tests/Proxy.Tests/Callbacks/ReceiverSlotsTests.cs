using Framegate.Proxy.Edge.Webhooks;

namespace Framegate.Proxy.Tests.Callbacks;

public class ReceiverSlotsTests
{
    [Fact]
    public void TryTake_OnlyWhereThereIsRoomAndAnAnswer()
    {
        var slots = new ReceiverSlots();
        Assert.True(slots.TryTake("a.example", all: 2, perReceiver: 1));
        Assert.False(slots.TryTake("a.example", all: 2, perReceiver: 1));
        Assert.True(slots.TryTake("b.example", all: 2, perReceiver: 1));
        Assert.False(slots.TryTake("c.example", all: 2, perReceiver: 1));

        slots.Return("a.example", answered: false);
        slots.Return("b.example", answered: true);

        Assert.False(slots.TryTake("a.example", all: 2, perReceiver: 1));
        Assert.True(slots.TryTake("b.example", all: 2, perReceiver: 1));
    }

    private readonly ReceiverSlots _slots = new();

    [Fact]
    public void Room_AReceiverIsFull_TheOthersHaveTheirs()
    {
        _slots.Take("a");
        _slots.Take("a");

        var room = _slots.Room(10, 2);

        Assert.Equal((8, 0, 2), (room.All, room.At("a"), room.At("b")));
    }

    [Fact]
    public void Room_AReceiverHasAnswered_TheNextNeedNotWaitForTheDisk()
    {
        _slots.Take("a");
        _slots.Answered("a", answered: true);
        Assert.Equal((9, 2), (_slots.Room(10, 2).All, _slots.Room(10, 2).At("a")));

        _slots.Return();
        Assert.Equal(10, _slots.Room(10, 2).All);
    }

    [Fact]
    public void Room_AReceiverGivesNoAnswer_GetsOneAtATimeUntilItAnswers()
    {
        _slots.Take("dead");
        _slots.Return("dead", answered: false);
        Assert.Equal(1, _slots.Room(10, 4).At("dead"));
        _slots.Take("dead");
        Assert.Equal(0, _slots.Room(10, 4).At("dead"));
        _slots.Return("dead", answered: null); // it was not called
        Assert.Equal(1, _slots.Room(10, 4).At("dead"));

        _slots.Take("dead");
        _slots.Return("dead", answered: true);

        Assert.Equal((10, 4), (_slots.Room(10, 4).All, _slots.Room(10, 4).At("dead")));
        Assert.Empty(_slots.Room(10, 4).Left);
    }

    [Fact]
    public void Return_VeryManyFail_RemembersSoManyAtMost()
    {
        for (var i = 0; i < ReceiverSlots.MostFailing + 100; i++)
        {
            _slots.Take($"r{i}");
            _slots.Return($"r{i}", answered: false);
        }

        Assert.Equal(ReceiverSlots.MostFailing, _slots.Room(10, 4).Left.Count);
    }
}
