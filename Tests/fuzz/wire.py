"""Protobuf's wire format, as much of it as tests of hostile answers need."""


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def fields(data):
    """The fields of a message as [number, wire, value]; None when these bytes are none."""
    place, found = 0, []

    def number():
        nonlocal place
        value = shift = 0
        while True:
            if place >= len(data) or shift > 63:
                raise ValueError
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    try:
        while place < len(data):
            tag = number()
            wire = tag & 7
            if tag >> 3 == 0:
                return None
            if wire == 0:
                value = number()
            elif wire in (1, 5):
                size = 8 if wire == 1 else 4
                value = data[place:place + size]
                place += size
            elif wire == 2:
                size = number()
                value = data[place:place + size]
                place += size
                if len(value) < size:
                    return None
            else:
                return None
            if place > len(data):
                return None
            found.append([tag >> 3, wire, value])
    except ValueError:
        return None
    return found


def encoded(message):
    """The bytes of such fields."""
    out = bytearray()
    for number, wire, value in message:
        out += varint(number << 3 | wire)
        if wire == 0:
            out += varint(value)
        elif wire == 2:
            out += varint(len(value)) + value
        else:
            out += value
    return bytes(out)


def message(values):
    """A message of values by their numbers: numbers, texts, messages, or lists of them."""
    made = []
    for number, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, int):
                made.append([number, 0, one])
            else:
                made.append([number, 2, one.encode() if isinstance(one, str) else one])
    return encoded(made)
