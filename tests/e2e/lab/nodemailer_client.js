// Sends standard input with nodemailer: node nodemailer_client.js PORT SENDER RECIPIENT...
const nodemailer = require("nodemailer");
const [port, sender, ...recipients] = process.argv.slice(1);

nodemailer
  .createTransport({
    host: "127.0.0.1",
    port: Number(port),
    ignoreTLS: true,
    name: "client.lab.test",
  })
  .sendMail({ envelope: { from: sender, to: recipients }, raw: require("fs").readFileSync(0) })
  .then((sent) => console.log(sent.response))
  .catch((error) => {
    console.error(error.code, error.command, error.responseCode, error.message);
    process.exit(1);
  });
