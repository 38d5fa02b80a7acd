/// A queue whose front is taken in constant time: a large tree has a hundred thousand requests waiting.
struct FirstInFirstOut<Element> {
    private var elements: [Element?] = []
    private var front = 0

    var isEmpty: Bool { front == elements.count }

    var first: Element? { front < elements.count ? elements[front] : nil }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard front < elements.count else { return nil }
        let element = elements[front]
        elements[front] = nil
        front += 1
        if front == elements.count || front > 1024 && front > elements.count / 2 {
            elements.removeFirst(front)
            front = 0
        }
        return element
    }
}
