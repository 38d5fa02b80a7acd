/// A recipe for an image with flightlog in it, for docker, podman and their like.
///
/// The executable has the Swift runtime inside; the C libraries come as what the Debian package that `make deb` makes
/// depends on, and so are right for whichever release both images are of.
struct ContainerSetup {
    var buildImage: String
    var image: String

    var files: [SetupFile] { [SetupFile(name: "Containerfile", text: text)] }

    private var text: String {
        """
        # An image with flightlog. Written by 'flightlog setup container'. In a clone of flightlog's repository:
        #   docker build -t flightlog:\(flightlogVersion) -f Containerfile .
        #   docker run --rm -v flightlog:/var/lib/flightlog flightlog:\(flightlogVersion) harvest /var/lib/flightlog/runs.db --endpoint flyte.example.com
        # Both images must be of the same release of Debian.
        FROM \(buildImage) AS build
        WORKDIR /flightlog
        COPY . .
        RUN apt-get update && apt-get install -y --no-install-recommends make && make deb

        FROM \(image)
        COPY --from=build /flightlog/.build/deb/flightlog.deb /tmp/flightlog.deb
        RUN apt-get update \\
            && apt-get install -y --no-install-recommends /tmp/flightlog.deb ca-certificates tzdata \\
            && rm -rf /tmp/flightlog.deb /var/lib/apt/lists/* \\
            && install -d -o 65532 -g 65532 -m 700 /var/lib/flightlog \\
            && flightlog version --verbose
        USER 65532:65532
        VOLUME /var/lib/flightlog
        ENTRYPOINT ["/usr/bin/flightlog"]
        CMD ["--help"]

        """
    }
}
